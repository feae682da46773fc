"""Public sources of data: a catalogue, and their fetching into local copies. Nothing is sent unless `fetch` is called."""

from .area import Area, area_of, inside, parse_area
from .catalogue import CATALOGUE, FORMATS, SERVICES, TABLES, Source, as_source, get_source, load_catalogue
from .copies import Copy, Origin, default_cache
from .fetching import Fetched, fetch, will_ask

__all__ = [
    "CATALOGUE",
    "FORMATS",
    "SERVICES",
    "TABLES",
    "Area",
    "Copy",
    "Fetched",
    "Origin",
    "Source",
    "area_of",
    "as_source",
    "default_cache",
    "fetch",
    "get_source",
    "inside",
    "load_catalogue",
    "parse_area",
    "will_ask",
]
