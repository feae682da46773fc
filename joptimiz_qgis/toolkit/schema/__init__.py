"""The tables, described as data: fields, types, units, enumerations and ranges (one JSON file a table)."""

from .table import Field, Group, Table, load_table, table_names

__all__ = ["Field", "Group", "Table", "load_table", "table_names"]
