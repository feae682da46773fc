"""Sentences for people: written in English in the source, shown in the reader's language.

The French texts lie in ``i18n/toolkit_fr.json``; a test refuses a sentence that has none. Words that go with a number are given twice in
either: ``{count} {count:?row was|rows were} read``, the first for one (in French for 0, 1 and what is less than 2), the second for more.
"""

from __future__ import annotations

import functools
import json
import locale
import os
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("en", "fr")
_CATALOGUES = Path(__file__).parents[1] / "i18n"
_current = {"language": ""}
_spoken: ContextVar[str] = ContextVar("joptimiz_language", default="")


def system_language() -> str:
    """Language of the environment: ``fr`` where it says French, else ``en``."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "fr" if (locale.getlocale()[0] or "").lower().startswith("fr") else "en"


def set_language(code: str) -> None:
    """Choose the language of all sentences from now on.

    Parameters
    ----------
    code : str
        A locale such as ``fr``, ``fr_FR`` or ``en``; one that has no catalogue gives English.
    """
    short = code[:2].lower()
    _current["language"] = short if short in LANGUAGES else "en"


def language() -> str:
    """Code of the language in use."""
    if _spoken.get():
        return _spoken.get()
    if not _current["language"]:
        _current["language"] = system_language()
    return _current["language"]


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Another language meanwhile, in this thread only: for a report in English made in a French QGIS; None changes nothing."""
    token = _spoken.set(code if code in LANGUAGES else _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


@functools.cache
def _catalogue(code: str) -> dict[str, str]:
    path = _CATALOGUES / f"toolkit_{code}.json"
    if not path.exists():
        return {}
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def tr(template: str, **values: object) -> str:
    """`template` in the reader's language, then filled with `values`."""
    text = _catalogue(language()).get(template, template)
    if not values:
        return text
    return _SENTENCE.vformat(text, (), values) if _CHOICE in text else text.format(**values)


_CHOICE = ":?"
_APART = re.compile(r"[\s\u00a0\u202f]")


class _Sentence(string.Formatter):
    """Formats as usual, and chooses words by a number; see the module."""

    def format_field(self, value: object, format_spec: str) -> str:
        if not format_spec.startswith("?"):
            return str(super().format_field(value, format_spec))
        one, _, other = format_spec[1:].partition("|")
        return one if is_singular(value) else other


_SENTENCE = _Sentence()


def is_singular(number: object) -> bool:
    """Whether words that go with `number` (also as `count` or `decimal` wrote it) are in the singular in the reader's language."""
    text = _APART.sub("", str(number))
    french = language() == "fr"
    try:
        value = float(text.replace(",", "." if french else ""))
    except ValueError:
        return False
    return abs(value) < 2 if french else value == 1


def count(number: int) -> str:
    """A whole number with its thousands set apart as the reader's language does: ``9 253``, ``9,253``."""
    return f"{number:,}".replace(",", "\u202f") if language() == "fr" else f"{number:,}"


def decimal(number: float, places: int = 1) -> str:
    """A number with so many decimals: ``25,2``, ``25.2``."""
    text = f"{number:.{places}f}"
    return text.replace(".", ",") if language() == "fr" else text


def percent(share: float) -> str:
    """A fraction as a percentage: ``39,6 %``, ``39.6%``."""
    return f"{decimal(100 * share)}\u202f%" if language() == "fr" else f"{decimal(100 * share)}%"


class Message:
    """A sentence kept with its values, so that it is translated when it is shown and not when it is raised.

    Parameters
    ----------
    template : str
        English, with ``{names}`` for the values.
    **values
        What fills the names.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return tr(self.template, **self.values)


class OwnWords(Message):
    """A sentence that a file gives in each language itself, such as what a mapping says of its source.

    Parameters
    ----------
    texts : dict
        Text by code of the language.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__(texts["en"])
        self.texts = texts

    def __str__(self) -> str:
        return self.texts[language()]
