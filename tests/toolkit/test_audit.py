"""The audit that puts all parts together: options, figures by hand, its tables in one file, whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from builders import PARIS, around_paris, layer, national_csv, series
from conftest import sha256

from joptimiz_qgis import __main__ as cli_module
from joptimiz_qgis.toolkit.audit import AuditOptions, audit_tables, report_of, run_audit
from joptimiz_qgis.toolkit.coverage import COVERAGE_COLUMNS
from joptimiz_qgis.toolkit.errors import CancelledError, OutputError, ParameterError
from joptimiz_qgis.toolkit.messages import Message, language, set_language, speaking, tr
from joptimiz_qgis.toolkit.movements import MOVEMENT_COLUMNS, columns_read, moved_share, movement_weights
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.report.figures import FIGURE_COLUMNS
from joptimiz_qgis.toolkit.write import tables as writing
from joptimiz_qgis.toolkit.write.tables import write_layers

# A bay at 0 and one at 100 m: 5, 15 and 95 m are covered, 40 m is not; five in a row 15 m apart are a gap of 60 m.
EAST = [5, 15, 40, 95, 300, 315, 330, 345, 360]
MOVED = ["1", "2", "3", "4", "10", "10", "10", "10", "10"]
NAF = ["5610A"] * 4 + ["4711B"] * 5


def points(**columns):
    given = {"nom": [f"{metre}" for metre in EAST], "mouvements": MOVED, **columns}
    return layer(around_paris(*((metre, 0) for metre in EAST)), **given)


def bays(*metres, **columns):
    metres = metres or (0, 100)
    return layer(around_paris(*((metre, 0) for metre in metres)), id=[f"B{number}" for number, _ in enumerate(metres, 1)], **columns)


def box(start, end):
    return shapely.box(PARIS[0] + start, PARIS[1] - 50, PARIS[0] + end, PARIS[1] + 50)


def zones():
    return layer([box(-10, 50), box(50, 400)], nom=["Ouest", "Est"])


def lines(*ends):
    return series([shapely.LineString(around_paris(*((metre, 0) for metre in ends)))])


WHOLE = {"movements": "mouvements", "zones": zones(), "zone_field": "nom", "category": "naf", "gaps": True, "gap_minimum": 3, "week": True}


def whole_audit(**changes):
    return run_audit(points(naf=NAF), bays(), AuditOptions(**{**WHOLE, "network": lines(0, 400), **changes}))


# -- options -----------------------------------------------------------------------------------------------------------


def test_without_options_it_is_the_coverage_and_nothing_is_invented():
    audit = run_audit(points(), bays())
    assert (audit.coverage.summary.points, audit.coverage.summary.covered) == (9, 3)
    assert [audit.per_week, audit.movements, audit.by_zone, audit.by_category, audit.walking, audit.gaps, audit.week] == [None] * 7
    assert (audit.moved, audit.moved_on_foot) == (None, None)
    figures = audit.figures()
    assert (figures["movements"], figures["share_movements"]) == (None, None)
    assert "walking" not in figures
    assert list(audit.columns()) == list(COVERAGE_COLUMNS)
    assert set(audit_tables(audit)) == {"coverage"}


def test_movements_that_are_given_weigh_and_are_not_estimated_again():
    """Activities are there too: the user's own numbers go before the estimate."""
    audit = run_audit(points(naf=NAF), bays(), AuditOptions(movements="mouvements"))
    assert audit.movements is None
    assert audit.per_week.tolist() == [1, 2, 3, 4, 10, 10, 10, 10, 10]
    assert (audit.moved.movements, audit.moved.covered, audit.moved.share) == (60, 7, 7 / 60)
    assert not set(MOVEMENT_COLUMNS) & set(audit.columns())
    assert str(audit.sentences()[1]) == "7 of 60 movements per week (11.7%) are at covered delivery points."


def test_movements_are_estimated_where_the_points_say_what_is_done_there():
    audit = run_audit(points(naf=NAF), bays())
    assert audit.movements is not None
    assert list(audit.columns()) == [*COVERAGE_COLUMNS, *MOVEMENT_COLUMNS]
    per_week = audit.columns()["movements_per_week"]
    assert per_week.gt(0).all() and per_week.nunique() == 2
    assert audit.moved.movements == pytest.approx(per_week.sum())
    assert audit.moved.covered == pytest.approx(per_week.iloc[[0, 1, 3]].sum())
    assert any("“naf”" in str(note) for note in audit.notes)


def test_a_column_of_jobs_alone_is_no_activity_unless_it_is_named():
    assert run_audit(points(effectif=["3"] * 9), bays()).per_week is None
    assert run_audit(points(emploi=["3"] * 9), bays(), AuditOptions(jobs="emploi")).per_week is not None


def test_movements_that_are_no_numbers_count_as_none_and_it_is_told():
    odd = ["1", "2,5", None, "-4", "beaucoup", "1 000", "0", "10", "10"]
    audit = run_audit(points(mouvements=odd), bays(), AuditOptions(movements="mouvements"))
    assert audit.per_week.tolist() == [1, 2.5, 0, 0, 0, 1000, 0, 10, 10]
    assert [str(note) for note in audit.notes if "3 delivery points have no usable number of movements" in str(note)]


@pytest.mark.parametrize("option", ["movements", "category", "activity", "workforce", "jobs"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(option):
    with pytest.raises(ParameterError) as caught:
        run_audit(points(), bays(), AuditOptions(**{option: "naf9"}))
    assert "“naf9”" in str(caught.value)
    assert "nom, mouvements" in str(caught.value)


def test_zones_and_categories_by_hand():
    audit = whole_audit()
    by_zone = audit.by_zone.rows
    assert by_zone[["zone", "points", "covered", "movements", "movements_covered", "bays"]].to_numpy().tolist() == [["Ouest", 3, 2, 6, 3, 1], ["Est", 6, 1, 54, 4, 1]]
    by_category = audit.by_category.rows.set_index("category")
    assert by_category.loc["5610A", ["points", "covered", "movements", "movements_covered"]].tolist() == [4, 3, 10, 7]
    assert by_category.loc["4711B", ["points", "covered", "movements", "movements_covered"]].tolist() == [5, 0, 50, 0]


@pytest.mark.parametrize(
    ("radius", "minimum", "gaps"),
    [(15, 3, [5]), (14.99, 3, []), (15, 4, []), (30, 5, [5]), (260, 6, [6])],
)
def test_the_gap_s_radius_and_minimum(radius, minimum, gaps):
    """15 m apart: within 15 m of the middle ones are 3 points, within 30 m of the middle one all five; 40 m is 260 m away."""
    audit = run_audit(points(), bays(), AuditOptions(gaps=True, gap_radius=radius, gap_minimum=minimum))
    assert audit.gaps.rows["points"].tolist() == gaps


def test_gaps_are_ranked_by_the_movements_of_the_audit_and_name_its_categories():
    east = [200, 210, 220, 600, 610, 620, 630]
    places = layer(around_paris(*((metre, 0) for metre in east)), metier=["bar"] * 3 + ["café"] * 4, poids=[50, 50, 50, 1, 1, 1, 1])
    options = {"gaps": True, "gap_minimum": 3, "category": "metier"}
    unweighed = run_audit(places, bays(), AuditOptions(**options)).gaps.rows
    weighed = run_audit(places, bays(), AuditOptions(**options, movements="poids")).gaps.rows
    assert unweighed["points"].tolist() == [4, 3]
    assert weighed[["points", "movements"]].to_numpy().tolist() == [[3, 150], [4, 4]]
    assert weighed["main_activities"].tolist() == ["bar (3)", "café (4)"]


def test_vehicle_and_stop_hold_for_every_part():
    """Only B2 is long enough and allows the stop: points, zones, walk and week know of no other bay."""
    made = bays(longueur=[500.0, 1500.0], duree_max=[10.0, 60.0])
    audit = run_audit(points(naf=NAF), made, AuditOptions(**WHOLE, network=lines(0, 400), vehicle_length=12, stop_minutes=30))
    assert audit.usable.tolist() == [False, True]
    assert audit.coverage.rows["nearest_bay"].unique().tolist() == ["B2"]
    assert audit.by_zone.rows["bays"].tolist() == [0, 1]
    assert audit.walking.rows["walking_bay"].dropna().unique().tolist() == ["B2"]
    assert audit.week.rows["bays_usable"].unique().tolist() == [1]
    assert audit.coverage.summary.covered == 1


def test_the_same_note_of_several_parts_is_told_once():
    notes = [str(note) for note in whole_audit(at=None).notes]
    assert len(notes) == len(set(notes))


def test_a_cancel_at_any_step_stops_the_audit():
    class CancelAt(Progress):
        def __init__(self, last):
            self.last, self.steps = last, 0

        def cancelled(self):
            self.steps += 1
            return self.steps == self.last

    options = AuditOptions(**WHOLE, network=lines(0, 400))
    run_audit(points(naf=NAF), bays(), options, whole := CancelAt(0))
    assert whole.steps > 15, "each part asks"
    for last in range(1, whole.steps + 1):
        progress = CancelAt(last)
        with pytest.raises(CancelledError):
            run_audit(points(naf=NAF), bays(), options, progress)
        assert progress.steps == last


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_share_of_the_movements_by_hand():
    covered = pd.Series([True, False, None, True], dtype="boolean")
    found = moved_share(covered, pd.Series([1.0, 3.0, 1000.0, 4.0]))
    assert (found.movements, found.covered, found.share) == (8, 5, 0.625)


@pytest.mark.parametrize(("covered", "moved"), [([], []), ([None], [5]), ([True, False], [0, 0]), ([True], [None])])
def test_of_no_movements_there_is_no_share(covered, moved):
    found = moved_share(pd.Series(covered, dtype="boolean"), pd.Series(moved, dtype="float64"))
    assert (found.movements, found.share) == (0, None)


def test_weights_of_numbers_and_of_text():
    whole, none = movement_weights(pd.Series([1, 2, 3]))
    assert (whole.tolist(), none) == ([1, 2, 3], [])
    texts, (note,) = movement_weights(pd.Series(["1,5", "1\u202f200", "", "x", None, np.inf, -1], dtype=object))
    assert texts.tolist() == [1.5, 1200, 0, 0, 0, 0, 0]
    assert str(note).startswith("5 delivery points have no usable number of movements")


def test_which_columns_are_read():
    names = ["siret", "APET700", "tefet", "effectif", "adresse"]
    assert columns_read(names) == ["APET700", "tefet", "effectif"]
    assert columns_read(["siret", "tefet", "adresse"]) == [], "nothing tells what is done there"
    assert columns_read(["siret", "tefet", "metier"], activity="metier") == ["metier", "tefet"]
    assert columns_read(names, jobs="adresse") == ["APET700", "tefet", "adresse"]


def test_the_columns_of_the_walk_are_named_apart_from_the_straight_line_s():
    audit = whole_audit()
    columns = list(audit.columns())
    assert columns[: len(COVERAGE_COLUMNS)] == list(COVERAGE_COLUMNS)
    walked = columns[len(COVERAGE_COLUMNS) :]
    assert walked == ["walking_covered", "walking_bay", "walking_m", "along_m", "snapped_straight_m", "walking_bays_within", "network_offset_m"]
    assert list(audit.table().columns) == ["nom", "mouvements", "naf", "geometry", *columns]
    assert audit.table().index.equals(audit.points.index)


def test_columns_of_the_points_named_like_ours_stay():
    audit = run_audit(points(covered=["theirs"] * 9), bays())
    table = audit.table()
    assert table["covered"].tolist() == ["theirs"] * 9
    assert int(table["covered_2"].sum()) == 3


def test_the_figures_have_the_walk_s_own_shares():
    """A street that ends at 110 m: the five of the gap are not on it; 15 m stays covered on foot, 40 m does not."""
    audit = whole_audit(network=lines(0, 110))
    figures = audit.figures()
    assert (figures["points"], figures["covered"], figures["movements"], figures["movements_covered"]) == (9, 3, 60, 7)
    walking = figures["walking"]
    assert (walking["points_snapped"], walking["covered"], walking["movements"], walking["movements_covered"]) == (4, 3, 10, 7)
    assert walking["share_movements"] == 0.7
    assert (audit.moved_on_foot.movements, audit.moved_on_foot.covered) == (10, 7)


# -- tables in one file ------------------------------------------------------------------------------------------------


def report(audit, **options):
    return report_of(audit, **{"title": "Ma ville", "sources": ["points.csv", "bays.csv"], **options})


def contents(path):
    """Name and kind of each table, as SQLite has them: our own view of the file."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(database.execute("SELECT table_name, data_type FROM gpkg_contents"))


def test_the_whole_audit_is_one_file(tmp_path, folder_is_clean):
    audit = whole_audit()
    path = write_layers(audit_tables(audit, report(audit)), tmp_path / "audit.gpkg")
    assert contents(path) == {
        "coverage": "features", "zones": "features", "gaps": "features", "bays": "features",
        "categories": "attributes", "week": "attributes", "figures": "attributes",
    }  # fmt: skip
    coverage = gpd.read_file(path, layer="coverage")
    assert (coverage.crs, len(coverage), int(coverage["covered"].sum())) == ("EPSG:2154", 9, 3)
    assert coverage["nom"].tolist() == [str(metre) for metre in EAST]
    assert coverage["walking_m"].round(6).tolist() == [5, 15, 40, 5, 200, 215, 230, 245, 260]
    assert gpd.read_file(path, layer="bays")["usable"].tolist() == [True, True]
    assert gpd.read_file(path, layer="gaps")["label"].tolist() == ["5 points, 50 movements/week"]
    week = pyogrio.read_dataframe(path, layer="week")
    assert not isinstance(week, gpd.GeoDataFrame)
    assert (len(week), week["covered"].unique().tolist()) == (168, [3])
    assert pyogrio.read_dataframe(path, layer="categories")["points"].sum() == 9
    assert folder_is_clean(but=[path])


def test_an_audit_without_gaps_has_an_empty_layer_of_them(tmp_path):
    audit = whole_audit(gap_minimum=8)
    path = write_layers(audit_tables(audit, report(audit)), tmp_path / "audit.gpkg")
    empty = gpd.read_file(path, layer="gaps")
    assert (len(empty), "spread_m" in empty, empty.crs) == (0, True, "EPSG:2154")


def test_bays_that_are_points_and_areas_are_one_layer(tmp_path):
    mixed = layer([*around_paris((0, 0)), shapely.box(PARIS[0] + 99, PARIS[1] - 1, PARIS[0] + 101, PARIS[1] + 1)], id=["B1", "B2"], usable=["x", "y"])
    audit = run_audit(points(), mixed)
    path = write_layers(audit_tables(audit, report(audit)), tmp_path / "audit.gpkg")
    again = gpd.read_file(path, layer="bays")
    assert set(again.geom_type) == {"Point"}
    assert (again["usable"].tolist(), again["usable_2"].tolist()) == (["x", "y"], [True, True])


def test_a_table_without_geometry_may_have_any_column_name(tmp_path):
    table = pd.DataFrame({"fid": ["a", "b"], "Nom": ["c", None], "NOM": ["d", "e"], "rien": pd.Series([None, None], dtype=object), "n": pd.array([1, None], dtype="Int64")})
    path = write_layers({"plain": table}, tmp_path / "x.gpkg")
    again = pyogrio.read_dataframe(path, layer="plain")
    assert again.iloc[0, 0] == "a"
    assert again.iloc[:, 1].iloc[0] == "c" and again.iloc[:, 2].tolist() == ["d", "e"]
    assert again.iloc[:, 3].isna().all()
    assert again["n"].iloc[0] == 1 and pd.isna(again["n"].iloc[1])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OutputError("“{name}” cannot be written: {cause}", name="x", cause="y"), CancelledError("Cancelled; nothing was written.")])
@pytest.mark.parametrize("before", [None, b"what was there"])
def test_a_failure_in_the_second_table_leaves_no_file_and_what_was_there(tmp_path, folder_is_clean, monkeypatch, error, before):
    path = tmp_path / "audit.gpkg"
    if before is not None:
        path.write_bytes(before)
    given, written = writing._write_layer, []

    def second_fails(table, file, name, *more):
        if written:
            raise error
        written.append(name)
        given(table, file, name, *more)
        assert file.stat().st_size, "the first is on the disk"

    monkeypatch.setattr(writing, "_write_layer", second_fails)
    with pytest.raises((OutputError, CancelledError)):
        write_layers({"one": points(), "two": points()}, path, overwrite=True)
    assert folder_is_clean(but=[] if before is None else [path])
    assert before is None or path.read_bytes() == before


def test_tables_are_not_written_over_a_file_unless_it_may_be_replaced(tmp_path):
    path = write_layers({"one": points(), "two": zones()}, tmp_path / "audit.gpkg")
    before = sha256(path)
    with pytest.raises(OutputError, match="exists and was left as it is"):
        write_layers({"three": points()}, path)
    assert sha256(path) == before
    write_layers({"three": points()}, path, overwrite=True)
    assert set(contents(path)) == {"three"}, "the file is replaced with all that is in it"
    with pytest.raises(OutputError, match=r"no known ending\. Expected: \.gpkg"):
        write_layers({"one": points()}, tmp_path / "audit.fgb")


def test_a_cancel_between_the_tables_leaves_nothing(tmp_path, folder_is_clean):
    class CancelAtSecond(Progress):
        steps = 0

        def cancelled(self):
            self.steps += 1
            return self.steps == 2

    with pytest.raises(CancelledError):
        write_layers({"one": points(), "two": zones()}, tmp_path / "audit.gpkg", progress=CancelAtSecond())
    assert folder_is_clean()


# -- words and figures -------------------------------------------------------------------------------------------------


def figure_rows(audit, **options):
    return audit_tables(audit, report(audit, **options))["figures"]


def test_the_table_of_figures_has_every_part():
    table = figure_rows(whole_audit(), notes=[Message("Cancelled; nothing was written.")])
    assert list(table.columns) == list(FIGURE_COLUMNS)
    texts = table.groupby("part", sort=False)["text"].agg(list)
    assert set(texts.index) == {"title", "day", "lead", "key", "walking", "parameter", "method", "note", "source", "figure"}
    assert texts["title"] == ["Ma ville"]
    assert texts["lead"] == ["33.3% of the delivery points, and 11.7% of the movements, have a usable delivery bay within 20 m."]
    assert texts["source"] == ["points.csv", "bays.csv"]
    assert texts["note"][0] == "Cancelled; nothing was written."
    assert "EPSG:2154" in texts["parameter"]
    key = table[table["part"] == "key"].set_index("label")["text"]
    assert key["of the delivery points covered: 3 of 9"] == "33.3%"
    assert key["gaps: groups of uncovered points close to each other"] == "1"
    assert key["delivery points per usable bay"] == "4.5"
    walking = table[table["part"] == "walking"].set_index("label")["text"]
    assert walking.to_dict() == {"Straight line": "33.3% (3 / 9)", "Straight line, points on the network": "33.3% (3 / 9)", "On foot": "33.3% (3 / 9)"}
    figures = table[table["part"] == "figure"].set_index("name")
    assert figures.loc[["points", "covered", "movements", "movements_covered", "max_distance_m"], "value"].tolist() == [9, 3, 60, 7, 20]
    assert figures.loc["bands", "text"] == "10; 20; 30; 50; 100"


def test_what_was_not_measured_has_no_row():
    parts = set(figure_rows(run_audit(points(), bays()))["part"])
    assert "walking" not in parts
    figures = figure_rows(run_audit(points(), bays())).query("part == 'figure'")
    assert "movements" not in set(figures["name"])


def test_the_words_are_french_for_who_reads_french():
    set_language("fr")
    table = figure_rows(whole_audit())
    key = table[table["part"] == "key"].set_index("label")["text"]
    assert key["des points de livraison couverts\u202f: 3 sur 9"] == "33,3\u202f%"
    assert table.loc[table["part"] == "walking", "label"].tolist()[-1] == "À pied"
    english = table["label"].str.contains("delivery|bays|walk", case=False) | table["text"].str.contains("delivery|bays(?!\\.csv)", case=False)
    assert table[english].empty, table[english]


# -- the language of one thread ----------------------------------------------------------------------------------------


def test_another_language_is_spoken_in_this_thread_only():
    """A report in English is made in QGIS's background while its window goes on in French."""
    set_language("fr")
    heard, inside, go = {}, threading.Event(), threading.Event()

    def background():
        with speaking("en"):
            heard["inside"] = tr("bays")
            inside.set()
            assert go.wait(10)
        heard["after"] = tr("bays")

    thread = threading.Thread(target=background)
    thread.start()
    assert inside.wait(10)
    heard["window"] = tr("bays")
    go.set()
    thread.join()
    assert (heard["inside"], heard["window"], heard["after"]) == ("bays", "aires de livraison", "aires de livraison")


def test_what_is_no_language_changes_nothing_and_an_error_ends_it():
    set_language("fr")
    for code in (None, "", "de"):
        with speaking(code):
            assert language() == "fr"
    with speaking("en"), speaking(None):
        assert language() == "en", "None keeps what is spoken"
    with pytest.raises(CancelledError), speaking("en"):
        raise CancelledError("Cancelled; nothing was written.")
    assert language() == "fr"


# -- from a shell ------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(write_file, tmp_path):
    """Files of the street above; ``town(*more)`` is the command with more asked for."""
    frame = points(naf=NAF).to_crs(4326)
    cells = [f"{row.nom};{row.mouvements};{row.naf};{row.geometry.x:.9f};{row.geometry.y:.9f}" for row in frame.itertuples()]
    clients = write_file("clients.csv", "\n".join(["nom;mouvements;naf;longitude;latitude", *cells]))
    where = bays().to_crs(4326).geometry
    places = write_file("bornes.csv", national_csv(*({"LONGITUDE": f"{place.x:.9f}", "LATITUDE": f"{place.y:.9f}"} for place in where)))
    zones().to_file(tmp_path / "zones.gpkg")
    return lambda *more: ["coverage", "--points", str(clients), "--bays", str(places), "--quiet", *map(str, more)]


def test_the_command_writes_all_tables_and_the_report(cli, town, tmp_path):
    out, page = tmp_path / "out.gpkg", tmp_path / "out.html"
    told = cli(*town("--zones", tmp_path / "zones.gpkg", "--zone-field", "nom", "--category", "naf", "--movements", "mouvements", "--report", page, "-o", out)).json
    assert set(contents(out)) == {"coverage", "zones", "categories", "gaps", "week", "bays", "figures"}
    assert (told["points"], told["covered"], told["movements"], told["movements_covered"]) == (9, 3, 60, 7)
    by_zone = gpd.read_file(out, layer="zones")
    assert by_zone[["zone", "points", "covered", "movements"]].to_numpy().tolist() == [["Ouest", 3, 2, 6], ["Est", 6, 1, 54]]
    assert [zone["zone"] for zone in told["by_zone"]] == ["Ouest", "Est"]
    assert (told["output"], told["report"]) == (str(out), str(page))
    assert "11.7%" in page.read_text(encoding="utf-8")


def test_the_command_without_parts_writes_the_coverage_alone(cli, town, tmp_path):
    told = cli(*town("-o", tmp_path / "out.gpkg")).json
    assert contents(tmp_path / "out.gpkg") == {"coverage": "features"}
    assert told["movements"] not in (None, 60), "estimated by the activities, for no column of movements was named"


def test_a_movements_column_that_is_not_there_leaves_no_file(town, tmp_path, capsys):
    assert cli_module.main(town("--movements", "poids", "-o", tmp_path / "out.gpkg")) == 1
    said = capsys.readouterr().err
    assert "“poids”" in said and "mouvements" in said
    assert not (tmp_path / "out.gpkg").exists()


def test_a_format_of_one_table_gets_the_coverage(town, tmp_path):
    assert cli_module.main(town("--category", "naf", "-o", tmp_path / "out.fgb")) == 0
    assert len(gpd.read_file(tmp_path / "out.fgb")) == 9


def test_an_error_in_the_page_leaves_neither_file(town, tmp_path, monkeypatch):
    """The layers are written before the page: one of two results would be half an audit."""

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    assert cli_module.main(town("--report", tmp_path / "out.html", "-o", tmp_path / "out.gpkg")) == 1
    assert not list(tmp_path.glob("out.*"))
