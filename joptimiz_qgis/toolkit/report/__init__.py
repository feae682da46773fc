"""Reports of an audit: `summary_page`, one short page, and `audit.audit_page`, the whole with map, charts and tables."""

from __future__ import annotations

from .summary import summary_page

__all__ = ["summary_page"]
