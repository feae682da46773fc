"""Tables → files, written whole or not at all."""

from .tables import FORMATS, check_output, write_table

__all__ = ["FORMATS", "check_output", "write_table"]
