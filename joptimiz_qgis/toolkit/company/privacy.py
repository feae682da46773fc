"""A firm's customers stay on this machine: told by their columns, and refused in whatever is packed for the field or published.

The one rule of the commands and of QGIS's algorithms. Loads no library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..read.raw import RawTable

OUR_COLUMNS = "jz_"
"""How the columns begin that an import or an enrichment adds: a table with one holds customers, whatever it is called."""


def has_our_columns(columns: Iterable[object]) -> bool:
    """Whether one of `columns` is of those that imports and enrichments of customers add."""
    return any(str(name).lower().startswith(OUR_COLUMNS) for name in columns)


def refuse_customers(tables: Iterable[RawTable]) -> None:
    """Raise `ParameterError` where one of `tables` holds a firm's customers; names it."""
    refuse_company([table.name for table in tables if has_our_columns(table.columns)])


def refuse_company(names: Sequence[str]) -> None:
    """Raise `ParameterError` where there are `names` of layers or files with customers.

    Raises
    ------
    ParameterError
        Names them.
    """
    if names:
        raise ParameterError(
            "“{names}” holds a firm’s customers, which go into no package, no publication and no report of a survey. Leave it out.",
            names="”, “".join(names),
        )
