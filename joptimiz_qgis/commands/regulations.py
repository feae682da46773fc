"""Commands for goods-traffic orders: ``read-``, ``locate-``, ``validate-`` and ``export-regulations``, ``harmonisation``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..toolkit.messages import tr
from .shell import ShellProgress, about_of, add_about, add_command, polygons, spare_sources, tell

if TYPE_CHECKING:
    import geopandas as gpd


def add_regulations(commands: Any) -> None:
    """Add the commands and their options."""
    read = add_command(commands, "read-regulations", _read, "read goods-traffic orders into the national schema; none is lost for want of geometry")
    read.add_argument("file", help="CSV of the national schema, workbook (.xlsx, .ods, .xls) or any vector file")
    read.add_argument("--mapping", help="how to read the columns: a name or a .json file; recognised from the header by default")
    read.add_argument("--sheet", help="of a workbook; the first one with rows by default")
    read.add_argument("--crs", help="coordinate system of the geometry, where the file does not say")
    read.add_argument("--rejects", metavar="FILE.csv", help="write the rejected rows, with their reasons")

    locate = add_command(commands, "locate-regulations", _locate, "give orders the geometry of the street or municipality that they name")
    _add_orders(locate)
    locate.add_argument("--streets", help="lines with names: any vector file")
    locate.add_argument("--street-name", metavar="COLUMN", help="column of the streets' names, where it is not found by itself")
    locate.add_argument("--municipalities", help="areas with INSEE codes or names: any vector file")
    locate.add_argument("--source", default="", help="what to note as the source of the geometry")
    locate.add_argument("--replace", action="store_true", help="locate anew what was located by name before")

    check = add_command(commands, "validate-regulations", _validate, "check orders: national schema, weights, periods, geometry", needs_output=False)
    check.add_argument("files", nargs="+", help="published CSV files, workbooks or vector files")
    check.add_argument("--streets", help="lines with names, to say which orders can be located")
    check.add_argument("--municipalities", help="areas with INSEE codes or names")

    about = "write orders in the national schema: a file (.csv, .geojson, .gpkg), else a folder ready for data.gouv.fr"
    export = add_command(commands, "export-regulations", _export, about)
    _add_orders(export)
    add_about(export)
    export.add_argument("--rest", metavar="FILE.csv", help="write the orders that are kept back, with their reasons")
    export.add_argument("--prefix-repeated", action="store_true", help="put the INSEE code in front of identifiers that several orders have")

    report = add_command(commands, "harmonisation", _harmonise, "where rules change at the boundary of neighbouring municipalities")
    _add_orders(report)
    report.add_argument("--streets", help="lines with names and INSEE codes, to find streets that go on without a rule")
    report.add_argument("--report", metavar="PAGE.html", help="write the report as a page")
    report.add_argument("--title", default="", help="title of the page")


def _add_orders(command: argparse.ArgumentParser) -> None:
    about = "orders: CSV of the national schema, workbooks or vector files; file.gpkg|layername=… names a layer"
    command.add_argument("files", nargs="+", help=about)


def _orders(files: list[str], progress: ShellProgress) -> gpd.GeoDataFrame:
    """Orders of several files as one table."""
    import geopandas as gpd
    import pandas as pd

    from ..toolkit.crs import WGS84
    from ..toolkit.read.regulations import read_regulations

    tables = []
    for file in files:
        progress.step(0.1, tr("Reading {name}", name=file))
        reading = read_regulations(file)
        tell(reading, progress)
        tables.append(reading.table.set_crs(WGS84) if reading.table.crs is None else reading.table.to_crs(WGS84))
    return tables[0] if len(tables) == 1 else gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WGS84)


def _write(table: gpd.GeoDataFrame, output: str, overwrite: bool) -> None:
    """A GeoPackage with streets and areas as two layers; any other format as one."""
    from ..toolkit.workspace import REGULATIONS, fitted
    from ..toolkit.write import write_table
    from ..toolkit.write.tables import write_layers

    if output.lower().endswith(".gpkg"):
        write_layers(fitted(REGULATIONS, table), output, overwrite)
    else:
        write_table(table, output, REGULATIONS, overwrite)


def _read(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    from ..toolkit.read.regulations import TO_LOCATE, read_regulations
    from ..toolkit.write import check_output
    from ..toolkit.write.tables import reject_file

    spare_sources((options.file,), (options.output, options.rejects))
    check_output(options.output, options.overwrite)
    if options.rejects:
        check_output(options.rejects, options.overwrite, (".csv",))
    progress.step(0, tr("Reading {name}", name=options.file))
    reading = read_regulations(options.file, options.mapping, options.crs, sheet=options.sheet)
    tell(reading, progress)
    _write(reading.table, options.output, options.overwrite)
    if options.rejects:
        reject_file(reading.reject_table(), options.rejects, options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    to_locate = int((reading.table["geom_origine"] == TO_LOCATE).sum())
    remarks = [f"{reading.table.loc[remark.row, 'cle']}: {remark}" for remark in reading.remarks]
    told = {"to_locate": to_locate, "remarks": remarks, "rejects": [str(reject) for reject in reading.rejects]}
    return {**reading.counts(), **told, "output": options.output}


def _locate(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    from ..toolkit.survey.order_geometry import locate_orders
    from ..toolkit.write import check_output

    spare_sources(list(filter(None, (*options.files, options.streets, options.municipalities))), (options.output,))
    check_output(options.output, options.overwrite)
    orders = _orders(options.files, progress)
    streets, municipalities = polygons(options.streets, progress), polygons(options.municipalities, progress)
    located = locate_orders(orders, streets, municipalities, options.street_name, options.source, options.replace, progress.part(0.3, 0.9))
    for sentence in located.sentences():
        progress.say(sentence)
    _write(located.orders, options.output, options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {**located.counts(), "told": [str(sentence) for sentence in located.sentences()[1:]], "output": options.output}


def _validate(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    from ..toolkit.read.text_table import is_text_table
    from ..toolkit.read.vector import read_raw
    from ..toolkit.read.workbook_table import is_workbook, read_workbook_table
    from ..toolkit.survey.findings import Findings
    from ..toolkit.survey.regulation_checks import check_regulations
    from ..toolkit.write import check_output, write_table

    if options.output:
        spare_sources(options.files, (options.output,))
        check_output(options.output, options.overwrite, (".csv", ".gpkg", ".geojson"))
    streets, municipalities = polygons(options.streets, progress), polygons(options.municipalities, progress)
    found: list[Findings] = []
    for file in options.files:
        progress.step(0.3, tr("Reading {name}", name=file))
        raw = read_workbook_table(file) if is_workbook(file) else read_raw(file)
        found.append(check_regulations(raw, streets, municipalities, header=is_text_table(file), progress=progress.part(0.3, 0.9)))
    findings = Findings([finding for each in found for finding in each.findings], sum(each.rows for each in found))
    for sentence in findings.sentences():
        progress.say(sentence)
    if options.output and options.output.lower().endswith(".csv"):
        findings.write_csv(options.output, options.overwrite)
    elif options.output:
        write_table(findings.layer(), options.output, "findings", options.overwrite)
    progress.show(1, str(options.output or ""))  # not a step: what is written is not cancelled any more
    told = {"rows": findings.rows, **findings.by_severity(), "by_code": findings.counts()}
    return {**told, "findings": [str(finding) for finding in findings.findings], "output": options.output}


def _export(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    from ..toolkit.survey.publication_folder import check_folder
    from ..toolkit.survey.regulation_export import ENDINGS, FILES, export_folder, export_regulations, in_words
    from ..toolkit.write import check_output
    from ..toolkit.write.tables import reject_file

    output = Path(options.output)
    spare_sources(options.files, (options.output, options.rest))
    if output.suffix:
        check_output(output, options.overwrite, ENDINGS)
        made = export_regulations(_orders(options.files, progress), output, options.rest, options.overwrite, options.prefix_repeated)
    else:
        spare_sources(options.files, [str(output / name) for name in FILES])
        check_folder(output, options.overwrite)
        if options.rest:
            check_output(options.rest, options.overwrite, (".csv",))
        made = export_folder(_orders(options.files, progress), output, about_of(options), options.overwrite, options.prefix_repeated)
        if options.rest:
            reject_file(made.kept_back, options.rest, options.overwrite)
    for sentence in in_words(made):
        progress.say(sentence)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {**made.counts(), "reasons": list(made.kept_back["raison"]) if len(made.kept_back) else [], "output": options.output, "rest": options.rest}


def _harmonise(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    from ..toolkit.report.harmonisation import harmonisation_page
    from ..toolkit.survey.harmonisation import harmonisation
    from ..toolkit.write import check_output, write_table
    from ..toolkit.write.tables import write_page

    spare_sources(list(filter(None, (*options.files, options.streets))), (options.output, options.report))
    check_output(options.output, options.overwrite)
    if options.report:
        check_output(options.report, options.overwrite, (".html",))
    orders = _orders(options.files, progress)
    found = harmonisation(orders, polygons(options.streets, progress), progress=progress.part(0.3, 0.9))
    for sentence in found.sentences():
        progress.say(sentence)
    write_table(found.differences, options.output, "differences", options.overwrite)
    if options.report:
        title = options.title or tr("Harmonisation of goods-traffic orders")
        sources = [str(source) for source in orders["source"].dropna().unique()]
        write_page(harmonisation_page(found, title, sources), options.report, options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {**found.counts(), "by_pair": found.pairs.to_dict("records"), "output": options.output, "report": options.report}
