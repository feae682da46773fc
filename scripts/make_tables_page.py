"""docs/developer/tables.md out of joptimiz_qgis/toolkit/schema: run it after a change of the tables (a test says so).

``.venv/bin/python scripts/make_tables_page.py``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from joptimiz_qgis.toolkit.schema import Field, Table, load_table, table_names  # noqa: E402
from joptimiz_qgis.toolkit.schema.table import kinds  # noqa: E402
from joptimiz_qgis.toolkit.workspace import SCHEMA_VERSION, TABLES, described_by, layer_of  # noqa: E402

PAGE = ROOT / "docs" / "developer" / "tables.md"
HEAD = """# The tables

*Made by `scripts/make_tables_page.py` out of `joptimiz_qgis/toolkit/schema`; change the descriptions there, not this page.*

Version {version} of the workspace. Field names are those of the standard given, in lower case; “ours” marks those that the standard does not
have. An enumeration marked “open” keeps values that it does not list, and flags them; so does an open date, which is kept as text.
Every table of a GeoPackage or PostGIS workspace has a key `fid` besides, and those with a geometry `geom` in EPSG:4326.

| Table | In French | Geometry | Source |
|---|---|---|---|
{tables}
"""


def page() -> str:
    parts = [HEAD.format(version=SCHEMA_VERSION, tables="\n".join(map(summary, TABLES)))]
    return "\n".join([*parts, *(section(load_table(name)) for name in table_names()), lists()])


def summary(name: str) -> str:
    layer = layer_of(name)
    link = described_by(name)
    return f"| [`{name}`](#{link}) | {layer.title['fr']} | {layer.geometry or '–'} | {layer.table.standard or 'ours'} |"


def section(table: Table) -> str:
    rows = [row(field, group.label["en"]) for group in table.groups for name in group.fields for field in [table[name]]]
    head = f"## {table.name}\n\n{table.title['fr']}. {table.standard or 'No national standard: the fields are ours'}. Key: `{table.key}`.\n"
    return "\n".join([head, "| Field | Type | Unit | Values | Title (form, group) |", "|---|---|---|---|---|", *rows, ""])


def row(field: Field, group: str) -> str:
    marks = ", ".join(word for word, true in (("required", field.required), ("unique", field.unique), ("ours", field.own)) if true)
    kind = f"{field.type}{f' ({marks})' if marks else ''}"
    return f"| `{field.name}` | {kind} | {field.unit} | {values(field)} | {field.label['fr']} ({group}) |"


def values(field: Field) -> str:
    told = []
    listed = list_name(field)
    if listed:
        told.append(f"[`{listed}`](#{listed})")
    elif field.enum:
        told.append(", ".join(value.replace("|", "\\|") for value in field.enum))
    if field.type == "list":
        told.append("several, set apart by `{}`".format(field.separator.replace("|", "\\|")))
    if field.minimum is not None or field.maximum is not None:
        low, high = ("" if bound is None else f"{bound:g}" for bound in (field.minimum, field.maximum))
        told.append(f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}")
    if field.pattern:
        told.append("`{}`".format(field.pattern.replace("|", "\\|")))
    if field.open:
        told.append("open")
    return "; ".join(told)


def list_name(field: Field) -> str:
    """The list in resources/tables whose keys the field takes."""
    names = ("perimeter_kinds", "poi_kinds", "vehicle_kinds")
    return next((name for name in names if field.enum and field.enum == tuple(each["key"] for each in kinds(name))), "")


def lists() -> str:
    parts = []
    for name in ("perimeter_kinds", "poi_kinds", "vehicle_kinds"):
        rows = [f"| {each['key']} | {each['fr']} | {each['en']} |" for each in kinds(name)]
        parts.append("\n".join([f"## {name}\n", "| Value | French | English |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(json.dumps({"written": str(PAGE.relative_to(ROOT))}))
