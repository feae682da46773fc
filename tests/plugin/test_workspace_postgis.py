"""A workspace in a real PostGIS database: the rows of the file, nothing lost, no password in a project."""

from __future__ import annotations

import zipfile

import pytest
from conftest import ROOT
from postgres_server import postgres
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsProviderRegistry, QgsVectorLayer
from qgis_builders import Feedback

from joptimiz_qgis.layers.postgis import PostgisHome
from joptimiz_qgis.layers.workspace import open_workspace, style_workspace
from joptimiz_qgis.toolkit.errors import WorkspaceError
from joptimiz_qgis.toolkit.workspace import (
    REGULATION_AREAS,
    REGULATIONS,
    ROADS,
    SCHEMA_VERSION,
    TABLES,
    create_workspace,
    imports_of,
    readings_of,
    rows_for,
)

SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
FILES = {"bays": SAMPLE / "bays.csv", "delivery_points": SAMPLE / "establishments.csv", "perimeters": SAMPLE / "perimeters.geojson", "access_points": SAMPLE / "access_points.geojson"}
ROWS = {
    "access_points": 12, "points_of_interest": 0, "bays": 63, "delivery_points": 1250, REGULATIONS: 0, ROADS: 0, REGULATION_AREAS: 0,
    "perimeters": 5, "perimeter_rules": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    with postgres() as running:
        yield running


@pytest.fixture
def database(server, request):
    """An empty database with PostGIS."""
    name = f"d{abs(hash(request.node.name)):x}"
    server.make_database(name)
    return name


@pytest.fixture
def connect(server, qgis_app):
    """``connect(database)``: a connection of QGIS, with its password in the open as QGIS writes it when asked to save it."""
    metadata = QgsProviderRegistry.instance().providerMetadata("postgres")
    made = []

    def connection(database, authentication=None, name="essai"):
        authentication = authentication or f"user='{server.user}' password='{server.password}'"
        metadata.saveConnection(metadata.createConnection(server.uri(database, authentication), {"saveUsername": True, "savePassword": True}), name)
        made.append(name)
        return name

    yield connection
    for name in made:
        metadata.deleteConnection(name)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    readings = readings_of({name: [path] for name, path in FILES.items()})
    return create_workspace(tmp_path_factory.mktemp("filled") / "ville.gpkg", rows_for(readings), imports_of(readings, "LO 2.0"))


def rows(layer):
    """All rows with their keys and geometries, fields by name."""
    assert layer.isValid(), layer.error().summary()
    names = sorted(layer.fields().names())
    return sorted((feature["fid"], [plain(feature[name]) for name in names], feature.geometry().asWkt(12)) for feature in layer.getFeatures())


def plain(value):
    return str(value) if isinstance(value, (str, int, float, bool)) else None


def in_file(path, name):
    return rows(QgsVectorLayer(f"{path}|layername={name}", name, "ogr"))


def in_database(home, name):
    return rows(QgsVectorLayer(home.source(name), name, "postgres"))


def test_the_rows_of_the_database_are_those_of_the_file_one_by_one(connect, database, filled, project):
    home = PostgisHome(connect(database), "joptimiz")
    home.create(filled)
    assert style_workspace(home) == []
    for _ in range(2):  # opened, and opened again
        found = home.open()
        assert (found.rows, found.version, found.backup) == (ROWS, SCHEMA_VERSION, None)
        assert [(each.table, each.imported, each.licence) for each in found.imports] == [("bays", 63, "LO 2.0"), ("delivery_points", 1250, "LO 2.0"), ("perimeters", 5, "LO 2.0"), ("access_points", 12, "LO 2.0")]
        for name in TABLES:
            assert in_database(home, name) == in_file(filled, name), name
        group = open_workspace(project, home)
        assert [node.layer().providerType() for node in group.findLayers()] == ["postgres"] * len(TABLES)
        assert [node.layer().featureCount() for node in group.findLayers()] == [ROWS[name] for name in TABLES]


def test_a_new_row_gets_a_key_of_its_own(connect, server, database, filled):
    home = PostgisHome(connect(database), "joptimiz")
    home.create(filled)
    assert server.sql(database, "INSERT INTO joptimiz.access_points (id) VALUES ('neuf') RETURNING fid") == "13"
    assert server.sql(database, "INSERT INTO joptimiz.points_of_interest (id) VALUES ('neuf') RETURNING fid") == "1"


def test_tables_have_types_titles_and_a_spatial_index(connect, server, database, filled):
    PostgisHome(connect(database), "joptimiz").create(filled)
    columns = dict(line.split("|") for line in server.sql(database, "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'bays'").splitlines())
    assert (columns["active"], columns["longueur"], columns["source_ligne"], columns["code_postal"]) == ("boolean", "double precision", "bigint", "text")
    assert server.sql(database, "SELECT col_description('joptimiz.bays'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'joptimiz.bays'::regclass AND attname = 'longueur'") == "Length (cm)"
    kinds = server.sql(database, "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = 'joptimiz' ORDER BY 1")
    assert kinds.splitlines() == ["access_points|POINT|4326", "bays|POINT|4326", "delivery_points|POINT|4326", "perimeter_roads|MULTILINESTRING|4326", "perimeters|MULTIPOLYGON|4326", "points_of_interest|POINT|4326", "regulation_areas|MULTIPOLYGON|4326", "regulations|MULTILINESTRING|4326"]
    assert server.sql(database, "SELECT count(*) FROM pg_indexes WHERE schemaname = 'joptimiz' AND indexdef LIKE '%USING gist%'") == "8"


def test_a_database_that_takes_no_styles_is_told_and_its_layers_are_styled_all_the_same(run, connect, server, project):
    """QGIS keeps styles in the schema public, in which PostgreSQL 15 lets only its owner create."""
    server.make_database("sans_public", public=False)
    feedback = Feedback()
    run("createworkspace", feedback=feedback, CONNECTION=connect("sans_public"), SCHEMA="ville", OPEN=True)
    assert any("The styles cannot be written into the workspace" in said for said in feedback.said)
    layers = {node.layer().serverProperties().shortName(): node.layer() for node in project.layerTreeRoot().findGroup("Visualiz").findLayers()}
    assert layers["bays"].renderer().type() == "categorizedSymbol"


# -- credentials -------------------------------------------------------------------------------------------------------


def test_no_password_is_written_into_a_project(connect, server, database, filled, project, tmp_path):
    home = PostgisHome(connect(database), "joptimiz")
    home.create(filled)
    open_workspace(project, home)
    assert project.write(str(tmp_path / "ville.qgz"))
    with zipfile.ZipFile(tmp_path / "ville.qgz") as archive:
        text = "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist() if name.endswith(".qgs"))
    assert "dbname='" in text and server.user in text
    assert server.password not in text
    assert all(server.password not in layer.source() for layer in project.mapLayers().values())


def test_an_authentication_configuration_is_used_and_named(connect, server, database, filled, project):
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword("test", True)  # one for all tests: QGIS keeps it
    config = QgsAuthMethodConfig("Basic")
    config.setName("essai")
    config.setConfigMap({"username": server.user, "password": server.password})
    config.setId(manager.uniqueConfigId())
    manager.storeAuthenticationConfig(config)
    assert manager.configIdUnique(config.id()) is False
    home = PostgisHome(connect(database, f"authcfg={config.id()}", "avec authcfg"), "joptimiz")
    home.create(filled)
    group = open_workspace(project, home)
    for node in group.findLayers():
        assert node.layer().isValid()
        assert f"authcfg={config.id()}" in node.layer().source()
        assert server.password not in node.layer().source() and server.user not in node.layer().source()
    manager.removeAuthenticationConfig(config.id())


# -- refusals ----------------------------------------------------------------------------------------------------------


def refusal(call, *arguments):
    with pytest.raises(WorkspaceError) as caught:
        call(*arguments)
    return str(caught.value)


def test_what_stands_in_the_way_is_a_sentence_and_nothing_is_left(connect, server, database, filled):
    home = PostgisHome(connect(database), "joptimiz")
    assert "is not a workspace" in refusal(home.open)
    server.sql(database, "CREATE SCHEMA joptimiz; CREATE TABLE joptimiz.bays (mine text); GRANT ALL ON SCHEMA joptimiz TO agent; GRANT ALL ON joptimiz.bays TO agent")
    assert "holds the tables bays already and was left as it is" in refusal(home.create, filled)
    assert server.sql(database, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'joptimiz'") == "mine"
    assert "QGIS has no PostgreSQL connection named “nulle part”" in refusal(PostgisHome("nulle part", "joptimiz").open)


def test_a_database_without_postgis_is_told(connect, server, filled):
    server.make_database("sans", postgis=False)
    assert "has no PostGIS" in refusal(PostgisHome(connect("sans"), "joptimiz").create, filled)
    assert server.sql("sans", "SELECT count(*) FROM pg_namespace WHERE nspname = 'joptimiz'") == "0"


def test_a_failure_on_the_way_leaves_no_table(connect, server, database, filled, monkeypatch):
    home = PostgisHome(connect(database), "joptimiz")
    real = PostgisHome._copy

    def broken(self, path, name, progress):
        if name == "delivery_points":
            raise WorkspaceError("rupture")
        real(self, path, name, progress)

    monkeypatch.setattr(PostgisHome, "_copy", broken)
    assert refusal(home.create, filled) == "rupture"
    assert server.sql(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'joptimiz'") == "0"


def test_a_newer_workspace_is_refused(connect, server, database, filled):
    home = PostgisHome(connect(database), "joptimiz")
    home.create(filled)
    server.sql(database, "UPDATE joptimiz.joptimiz_workspace SET value = '99'")
    assert "was made by a newer version" in refusal(home.open)


# -- bringing up to date -----------------------------------------------------------------------------------------------


OLD = """
SET ROLE agent; CREATE SCHEMA vieux;
CREATE TABLE vieux.bays AS SELECT ST_Transform(ST_Buffer(geom::geography, 2)::geometry, 2154) AS wkb_geometry, id, nom, longitude, latitude, type, source, source_ligne, 'à moi ' || id AS note_perso FROM joptimiz.bays;
CREATE TABLE vieux.perimeters AS SELECT fid AS gid, geom, cle, id, nom, type_peri, source, source_ligne FROM joptimiz.perimeters;
ALTER TABLE vieux.perimeters ALTER COLUMN geom TYPE geometry(Geometry, 4326), ADD PRIMARY KEY (gid);
INSERT INTO vieux.perimeters SELECT 99, ST_Boundary(geom), 'voie', 'voie', 'Quai', 'Voie spéciale', 'x', 1 FROM vieux.perimeters LIMIT 1;
CREATE TABLE vieux.arbres AS SELECT 1 AS a;
"""


@pytest.fixture
def older(connect, server, database, filled):
    """Version 0: tables imported one by one, in another CRS, areas and lines mixed, with a column and a table of the user's."""
    name = connect(database)
    PostgisHome(name, "joptimiz").create(filled)
    server.sql(database, OLD)
    server.sql(database, "ALTER TABLE vieux.bays ALTER COLUMN wkb_geometry TYPE geometry(Polygon, 2154)")
    return PostgisHome(name, "vieux")


def test_an_older_workspace_is_brought_up_to_date_and_loses_nothing(older, server, database):
    found = older.open()
    assert found.version == SCHEMA_VERSION
    assert "kept in the schema “vieux_avant_v1”" in str(found.notes[0])
    assert (found.rows["bays"], found.rows["perimeters"], found.rows[ROADS], found.rows["delivery_points"]) == (63, 5, 1, 0)
    same = "SELECT count(*) FROM vieux.bays JOIN vieux_avant_v1.bays old USING (id) WHERE vieux.bays.note_perso = old.note_perso AND vieux.bays.source_ligne = old.source_ligne AND ST_Contains(ST_Transform(old.wkb_geometry, 4326), geom) AND geom_wkt LIKE 'POLYGON%'"
    assert server.sql(database, same) == "63"
    assert server.sql(database, "SELECT count(*) FROM vieux.perimeters p JOIN joptimiz.perimeters j USING (cle) WHERE ST_Equals(p.geom, j.geom) AND p.nom = j.nom") == "5"
    assert server.sql(database, f"SELECT cle, ST_GeometryType(geom) FROM vieux.{ROADS}") == "voie|ST_MultiLineString"
    assert server.sql(database, "SELECT a FROM vieux.arbres") == "1"
    assert server.sql(database, "SELECT count(*) FROM vieux_avant_v1.perimeters") == "6"
    again = older.open()
    assert (again.rows, again.notes) == (found.rows, [])


def test_a_workspace_of_version_1_gets_the_tables_of_orders(connect, server, database, filled):
    home = PostgisHome(connect(database), "joptimiz")
    home.create(filled)
    server.sql(database, f"DROP TABLE joptimiz.{REGULATIONS}, joptimiz.{REGULATION_AREAS}; UPDATE joptimiz.joptimiz_workspace SET value = '1' WHERE name = 'schema_version'")
    found = home.open()
    assert (found.version, found.rows) == (2, ROWS)
    assert "kept in the schema “joptimiz_avant_v2”" in str(found.notes[0])
    assert server.sql(database, "SELECT count(*) FROM joptimiz_avant_v2.bays") == "63"
    assert server.sql(database, f"INSERT INTO joptimiz.{REGULATIONS} (id, cle) VALUES ('1', 'a') RETURNING fid") == "1"


def test_a_migrated_workspace_opens_in_qgis(older, project):
    group = open_workspace(project, older)
    assert {node.layer().featureCount() for node in group.findLayers() if node.layer().isValid()} == {0, 1, 5, 63}
    assert len(group.findLayers()) == len(TABLES)


def test_a_step_that_would_lose_a_row_changes_nothing(older, server, database, monkeypatch):
    real = PostgisHome._from_imports
    monkeypatch.setattr(PostgisHome, "_from_imports", lambda self, there: [*real(self, there), f"DELETE FROM {self._name('bays')} WHERE id = 'VSL-001'"])
    assert "rows of bays would be lost" in refusal(older.open)
    assert server.sql(database, "SELECT count(*), count(wkb_geometry) FROM vieux.bays") == "63|63"
    assert server.sql(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'vieux_avant_v1'") == "0"


def test_the_algorithm_makes_and_opens_it(run, connect, database, project):
    name = connect(database)
    results = run("createworkspace", feedback=Feedback(), BAYS=str(FILES["bays"]), CONNECTION=name, SCHEMA="ville", OPEN=True)
    assert (results["OUTPUT"], results["BAYS"]) == (f"{name}.ville", 63)
    assert len(project.layerTreeRoot().findGroup("Visualiz").findLayers()) == len(TABLES)
    project.clear()
    assert run("openworkspace", CONNECTION=name, SCHEMA="ville")["VERSION"] == SCHEMA_VERSION
    layers = {node.layer().serverProperties().shortName(): node.layer() for node in project.layerTreeRoot().findGroup("Visualiz").findLayers()}
    assert layers["bays"].renderer().type() == "categorizedSymbol"
    assert layers["bays"].featureCount() == 63
