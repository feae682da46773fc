"""Files → tables. Each dialect of open data is described by one mapping file (resources/mappings), never by code."""
