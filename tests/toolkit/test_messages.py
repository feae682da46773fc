"""Every sentence for a user has a French text with the same values in it, and no text is left over."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path

import pytest

from joptimiz_qgis.toolkit import errors, opening_hours
from joptimiz_qgis.toolkit.messages import Message, language, set_language, system_language, tr

PACKAGE = Path(errors.__file__).parents[1]
CATALOGUE = PACKAGE / "i18n" / "toolkit_fr.json"
NARROW = "\u202f"


def kinds_of(base: type) -> set[str]:
    return {base.__name__}.union(*(kinds_of(kind) for kind in base.__subclasses__()))


# OpeningHoursError takes the hours first: its sentences are Messages beside it.
SENTENCE_MAKERS = {"tr", "Message"} | kinds_of(errors.JoptimizError) - {opening_hours.OpeningHoursError.__name__}


def sentence_calls(path: Path):
    """Each call ``tr(…)``, ``Message(…)`` or ``…Error(…)`` of a module (Qt's ``self.tr`` has a catalogue of its own)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in SENTENCE_MAKERS:
            yield node, node.args[0]


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def used_templates() -> set[str]:
    used = {
        first.value
        for path in sources()
        for _, first in sentence_calls(path)
        if isinstance(first, ast.Constant) and isinstance(first.value, str)
    }
    for path in (PACKAGE / "resources" / "mappings").rglob("*.json"):
        used |= {rule["reason"] for rule in json.loads(path.read_text(encoding="utf-8")).get("keep", ())}
    return used


def placeholders(template: str) -> list[tuple[str, str]]:
    """Names and formats of the values, in alphabetical order: French may say them in another."""
    parts = string.Formatter().parse(template)
    return sorted((name, form or "") for _, name, form, _ in parts if name is not None)


TEMPLATES = sorted(used_templates())
FRENCH: dict[str, str] = json.loads(CATALOGUE.read_text(encoding="utf-8"))


def test_the_sources_were_found():
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sentence_is_formatted_before_it_is_translated(path):
    early = [
        call.lineno
        for call, first in sentence_calls(path)
        if isinstance(first, (ast.JoinedStr, ast.BinOp)) or (isinstance(first, ast.Call) and getattr(first.func, "attr", "") == "format")
    ]
    assert early == [], f"{path}: translate the template, then fill it"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_value_that_a_sentence_names_is_given(path):
    for call, first in sentence_calls(path):
        if isinstance(first, ast.Constant) and not any(keyword.arg is None for keyword in call.keywords):
            named = {name for name, _ in placeholders(first.value)}
            given = {keyword.arg for keyword in call.keywords}
            # A template without values is a constant whose values come later (`.template`).
            assert named == given or not given, f"{path}:{call.lineno}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template[:50])
def test_a_sentence_has_a_french_text_with_the_same_values(template):
    assert template in FRENCH, "add it to joptimiz_qgis/i18n/toolkit_fr.json"
    assert placeholders(FRENCH[template]) == placeholders(template)


def test_no_french_text_is_left_over():
    assert sorted(set(FRENCH) - set(TEMPLATES)) == []


@pytest.mark.parametrize("french", FRENCH.values(), ids=lambda french: french[:50])
def test_french_texts_follow_french_typography(french):
    words = re.sub(r"\{[^}]*\}", "x", french)
    assert not re.search(r"[“”\"]", words), "« guillemets »"
    assert not re.search(rf"(?<=[\w»)…])(?<!{NARROW})[;?!](?!\w)", words), "a narrow no-break space before ; ? !"
    assert not re.search(rf"(?<!{NARROW}):(?= )", words), "a narrow no-break space before :"
    assert not re.search(rf"«(?!{NARROW})|(?<!{NARROW})»", words), "narrow no-break spaces inside « »"
    assert "'" not in words, "the typographic apostrophe ’"


def test_french_says_the_same_kind_of_thing():
    """A sentence ends as a sentence and a part of one does not."""
    for english, french in FRENCH.items():
        assert (english[-1] in ".!?") == (french[-1] in ".!?"), english
        assert french != english or not re.search("[a-z]{4}", english), english


def test_the_language_can_be_changed_and_an_unknown_one_is_english():
    sentence = Message("Cancelled; nothing was written.")
    set_language("fr_FR")
    assert (language(), str(sentence)) == ("fr", FRENCH["Cancelled; nothing was written."])
    set_language("de")
    assert (language(), str(sentence)) == ("en", "Cancelled; nothing was written.")


def test_a_sentence_inside_a_sentence_is_translated_too():
    set_language("fr")
    text = str(Message("None of the {count} {what} has a geometry. Locate them first.", count=2, what=Message("bays")))
    assert FRENCH["bays"] in text
    assert "bays" not in text


def test_an_error_is_translated_when_it_is_shown():
    error = errors.FileError("The file “{name}” is empty.", name="a.csv")
    set_language("fr")
    assert str(error) == FRENCH["The file “{name}” is empty."].format(name="a.csv")
    set_language("en")
    assert str(error) == "The file “a.csv” is empty."


def test_braces_in_values_are_left_alone():
    assert tr("The file “{name}” is empty.", name="{x}.csv") == "The file “{x}.csv” is empty."


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "fr_FR", "LANGUAGE": "en:fr"}, "en"),
    ],
)
def test_the_system_s_language_is_that_of_the_environment(monkeypatch, variables, wanted):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == wanted
