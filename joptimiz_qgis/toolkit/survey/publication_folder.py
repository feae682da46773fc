"""What a folder ready for data.gouv.fr has whatever is published: made whole or not at all, a data package that names the schema, a readme."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..messages import language
from ..schema.table import Table

PACKAGE, README = "datapackage.json", "LISEZMOI.md"
_TEMPLATES = Path(__file__).parents[2] / "resources" / "publication"


@dataclass(frozen=True)
class About:
    """What the publisher says of the data.

    Attributes
    ----------
    title, publisher, source, licence, contact : str
    day : str
        ISO date of the publication.
    """

    title: str = ""
    publisher: str = ""
    source: str = ""
    licence: str = "Licence Ouverte 2.0 (Etalab)"
    contact: str = ""
    day: str = ""


def today() -> str:
    """The day of a publication, local time."""
    return datetime.now(tz=timezone.utc).astimezone().date().isoformat()


def check_folder(folder: Path, overwrite: bool) -> None:
    """Raise `OutputError` where `folder` cannot become the publication."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not overwrite):
        raise OutputError("The folder “{folder}” is not empty and was left as it is. Give another one, or --overwrite.", folder=folder)
    if not folder.parent.is_dir():
        raise OutputError("There is no folder “{folder}”. Create it, or choose another one.", folder=folder.parent)


@contextmanager
def whole_folder(folder: Path, overwrite: bool) -> Iterator[Path]:
    """A place to write the files in; they come to `folder` when all are there.

    Parameters
    ----------
    folder : path
        It may exist and be empty. With `overwrite` its files of the same names are replaced, others stay.

    Raises
    ------
    OutputError
        See `check_folder`; or it cannot be written.
    """
    check_folder(folder, overwrite)
    try:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=folder.parent) as place:
            part = Path(place) / "part"
            part.mkdir()
            yield part
            folder.mkdir(exist_ok=True)
            for path in sorted(part.iterdir()):
                shutil.move(str(path), str(folder / path.name))
    except OSError as error:
        raise OutputError("The folder “{folder}” cannot be written: {cause}.", folder=folder, cause=error.strerror or error) from error


def write_package(folder: Path, name: str, file: str, table: Table, about: About) -> None:
    """A data package that names the schema of the CSV `file`: what a validator, and data.gouv.fr, find it by."""
    resource = {
        "name": name, "path": file, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "dialect": {"delimiter": ","}, "schema": table.published["schema"],
    }  # fmt: skip
    package = {
        "name": name, "title": about.title, "created": about.day, "licenses": [{"title": about.licence}],
        "sources": [{"title": about.source}] if about.source else [], "resources": [resource],
    }  # fmt: skip
    (folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")


def write_readme(folder: Path, template: str, about: About, **values: Any) -> None:
    """The readme by a template of resources/publication, with the names of the files that are there."""
    import jinja2

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - Markdown # nosec B701
    files = sorted(path.name for path in folder.iterdir())
    text = environment.get_template(template).render(about=about, files=files, language=language(), **values)
    (folder / README).write_text(text, encoding="utf-8")
