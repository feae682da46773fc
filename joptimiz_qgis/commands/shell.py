"""What the commands of ``python -m joptimiz_qgis`` share: progress, arguments, what is told of a file that was read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from ..toolkit.errors import JoptimizError, OutputError
from ..toolkit.messages import LANGUAGES, tr
from ..toolkit.parameters import parse_bands
from ..toolkit.progress import Progress

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ..toolkit.read.reading import Reading
    from ..toolkit.survey.publication_folder import About

OK, BAD_DATA, USAGE = 0, 1, 2


class ShellProgress(Progress):
    """Progress as lines on standard error, at most a few a second."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.shown = 0.0

    def say(self, text: object) -> None:
        """One sentence, at once."""
        if not self.quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def show(self, fraction: float, text: str) -> None:
        """Write a line where there is something to say, or half a second has passed."""
        now = time.monotonic()
        if text or now - self.shown > 0.5:
            self.shown = now
            self.say(f"{fraction:4.0%} {text}".rstrip())


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: plain values, null where missing, no geometry."""
    import pandas as pd

    plain = pd.DataFrame(rows.drop(columns="geometry", errors="ignore")).astype(object)
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in plain.to_dict("records")]


def polygons(path: str | None, progress: ShellProgress) -> gpd.GeoDataFrame | None:
    """The zones of a file, with their columns."""
    if not path:
        return None
    import geopandas as gpd

    from ..toolkit.read.vector import read_vector

    progress.step(0.3, tr("Reading {name}", name=path))
    raw = read_vector(path)
    return gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)


def spare_sources(sources: Sequence[str], outputs: Sequence[str | None]) -> None:
    """Raise `OutputError` where a result would replace what it is made of, --overwrite or not."""
    read = {Path(source.partition("|")[0]).resolve() for source in sources}
    for output in outputs:
        if output and Path(output).resolve() in read:
            raise OutputError(
                "“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=output
            )


def tell(reading: Reading, progress: ShellProgress) -> None:
    """Notes, counts and the first rejected rows of a file that was read."""
    for note in reading.notes:
        progress.say(note)
    progress.say(f"{reading.source}: {reading.sentence()}")
    for reject in reading.rejects[:10]:
        progress.say(f"  {reject}")
    if reading.rejected > 10:
        progress.say("  " + tr("… and {count} more rejected rows (--rejects FILE.csv keeps them all)", count=reading.rejected - 10))


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are sentences too."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with the code of wrong usage."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def moment(text: str) -> datetime:
    """Argument: a moment, as local time."""
    from ..toolkit.opening_hours import as_local

    try:
        return as_local(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment; expected for example 2024-07-26T13:00") from error


def metres(text: str) -> float:
    """Argument: a number of metres."""
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of metres; expected for example 20") from error


def number(text: str) -> float:
    """Argument: a number."""
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error


def bands(text: str) -> list[float]:
    """Argument: upper ends of distance bands."""
    try:
        return parse_bands(text)
    except JoptimizError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_command(
    commands: Any, name: str, run: Callable[..., dict[str, Any]], about: str, needs_output: bool = True
) -> argparse.ArgumentParser:
    """Add a command with the options that all of them have."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(command=run)
    command.add_argument("-o", "--output", required=needs_output, metavar="OUT", help="result: .gpkg, .parquet, .fgb or .geojson")
    command.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    command.add_argument("--lang", choices=LANGUAGES, help="language of the sentences (default: the system's)")
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return command


def add_about(command: argparse.ArgumentParser) -> None:
    """What a publisher says of its data; `about_of` reads it."""
    command.add_argument("--title", default="", help="of the data, for the readme")
    command.add_argument("--publisher", default="", help="who publishes")
    command.add_argument("--source", default="", help="where the data come from, for the readme")
    command.add_argument("--licence", help="for the readme (default: Licence Ouverte 2.0)")


def about_of(options: argparse.Namespace) -> About:
    """The words of `add_about`, as of today."""
    from ..toolkit.survey.publication_folder import About, today

    about = About(options.title, options.publisher, options.source, day=today())
    return replace(about, licence=options.licence) if options.licence else about
