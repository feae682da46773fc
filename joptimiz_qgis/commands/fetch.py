"""``fetch``: a public source of data into a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..toolkit.messages import tr
from .shell import ShellProgress, add_command, polygons, tell


def add_fetch(commands: Any) -> None:
    """Add the command and its options."""
    fetch = add_command(commands, "fetch", fetch_command, "fetch a public source of data; sends requests to its server")
    fetch.add_argument("source", metavar="SOURCE|URL", help="a source of the catalogue, or an address with --service")
    fetch.add_argument("--catalogue", metavar="FILE.json", type=Path, help="your own catalogue of sources")
    fetch.add_argument("--refresh", action="store_true", help="ask for a newer copy; says what changes, replaces OUT with --overwrite only")
    fetch.add_argument("--bbox", metavar="W,S,E,N", help="only this rectangle, degrees")
    fetch.add_argument("--within", metavar="FILE", help="only within these polygons: any vector file")
    fetch.add_argument("--cache", metavar="FOLDER", help="where the copies lie (default: the user's cache folder)")
    fetch.add_argument("--service", help="of an address: file, ogcapi, wfs, opendatasoft or datagouv")
    fetch.add_argument("--dataset", help="of an address, opendatasoft and datagouv: the dataset")
    fetch.add_argument("--collection", help="of an address, ogcapi and wfs: the collection or feature type")
    fetch.add_argument("--table", help="of an address: bays, perimeters, access_points, delivery_points or points_of_interest")
    fetch.add_argument("--format", help="of an address: csv, geojson, gpkg or parquet")
    fetch.add_argument("--mapping", help="of an address: how to read the columns of bays")


def fetch_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``fetch``: a public source → a file; what that changes in an older one is said before it is replaced."""
    from ..toolkit.dependencies import require_libraries

    require_libraries(also=("requests",))  # inside QGIS the network is QGIS's
    from ..toolkit.sources import area_of, default_cache, parse_area
    from ..toolkit.sources.catalogue import chosen_source
    from ..toolkit.sources.refreshing import renew
    from ..toolkit.web.requests_client import RequestsClient
    from ..toolkit.write import check_output

    given = {name: getattr(options, name) for name in ("service", "dataset", "collection", "table", "format", "mapping")}
    source = chosen_source(options.source, options.catalogue, {name: value for name, value in given.items() if value})
    output = check_output(options.output, overwrite=True)
    if not options.refresh:
        check_output(output, options.overwrite)
    outline = polygons(options.within, progress)
    area = area_of(outline.geometry) if outline is not None else parse_area(options.bbox) if options.bbox else None
    cache = Path(options.cache) if options.cache else default_cache()
    renewal = renew(source, RequestsClient(), cache, output, area, options.refresh, progress.part(0, 0.9))
    said = [*renewal.notes, *(renewal.changes.sentences() if renewal.changes else ())]
    for reading in renewal.read.readings:
        tell(reading, progress)
    for note in said:
        progress.say(note)
    written = options.overwrite or not output.exists()
    if written:
        renewal.write(output, overwrite=options.overwrite)
    else:
        progress.say(tr("“{path}” was left as it is. Run again with --overwrite to replace it.", path=output))
    progress.show(1, str(output))  # not a step: what is written is not cancelled any more
    copies = [{"path": str(copy.path), "url": copy.origin.url, "fetched": copy.origin.fetched, "new": copy.fresh} for copy in renewal.copies]
    changes = renewal.changes.counts() if renewal.changes else None
    notes = [str(note) for note in renewal.notes]
    return {**renewal.read.counts(), "copies": copies, "changes": changes, "written": written, "output": str(output), "notes": notes}
