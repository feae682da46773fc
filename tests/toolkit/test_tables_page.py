"""docs/developer/tables.md says what toolkit/schema says now."""

from __future__ import annotations

import importlib.util

import pytest
from conftest import ROOT

from joptimiz_qgis.toolkit.schema import load_table, table_names

PAGE = ROOT / "docs" / "developer" / "tables.md"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_tables_page", ROOT / "scripts" / "make_tables_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script):
    assert PAGE.read_text(encoding="utf-8") == script.page(), "run .venv/bin/python scripts/make_tables_page.py"


@pytest.mark.parametrize("name", table_names())
def test_each_field_stands_in_the_page_once_with_its_type_and_unit(name):
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    rows = {line.split("|")[1].strip(" `"): line for line in section.splitlines() if line.startswith("| `")}
    assert set(rows) == set(load_table(name).names)
    for field in load_table(name).fields:
        assert f"| {field.type}" in rows[field.name]
        assert f"| {field.unit} |" in rows[field.name]
        assert rows[field.name].replace("\\|", "").count("|") == 6
