"""Every sentence for a user has a French text with the same values in it, and no text is left over."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from joptimiz_qgis.toolkit import errors, opening_hours
from joptimiz_qgis.toolkit.company.merge import Merged
from joptimiz_qgis.toolkit.company.purge import Purged
from joptimiz_qgis.toolkit.messages import Message, count, is_singular, language, set_language, speaking, system_language, tr

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
    """Names and formats of the values, in alphabetical order: French may say them in another. Words chosen by a number are not among them."""
    parts = string.Formatter().parse(template)
    return sorted((name, form or "") for _, name, form, _ in parts if name is not None and not (form or "").startswith("?"))


def choices(template: str) -> list[tuple[str, str]]:
    """Names and words of what goes with a number."""
    return [(name or "", form[1:]) for _, name, form, _ in string.Formatter().parse(template) if (form or "").startswith("?")]


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


# -- words that go with a number -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [text for text in (*TEMPLATES, *FRENCH.values()) if ":?" in text], ids=lambda text: text[:50])
def test_words_that_go_with_a_number_are_two_and_their_number_is_told(text):
    told = {name for name, _ in placeholders(text)}
    for name, words in choices(text):
        assert name in told
        one, _, other = words.partition("|")
        assert one and other and one != other and "|" not in other


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [(0, False, True), (1, True, True), (2, False, False), ("1", True, True), ("1\u202f000", False, False), ("1,000", False, True), ("1.5", False, True), ("1,5", False, True), (-1, False, True), ("—", False, False)],
)  # fmt: skip
def test_which_number_is_singular(number, english, french):
    for code, expected in (("en", english), ("fr", french)):
        with speaking(code):
            assert is_singular(number) is expected


def plural_agrees(text: str) -> bool:
    """Whether no “0” or “1” stands before a French plural, nor a larger number before a singular, by the endings of our nouns."""
    return not re.search(r"(?<![\d\u202f])[01] (?:lignes|adresses|clients|positions|fichiers|nouvelles|nouveaux|inchangés|absents|manquantes|aires|importées|rejetées|corrigées|sont|ont)\b", text)


@pytest.mark.parametrize("number", [0, 1, 2, 9253])
def test_count_sentences_agree_in_french(number):
    with speaking("fr"):
        said = [
            Merged(pd.DataFrame(index=range(number)), changes_of(number), number, ["k"] * number).sentences(),
            [Purged(number).sentence(), Purged(number, ["a"]).sentence()],
            [tr(text, **{name: count(number) for name, _ in placeholders(text)}) for text in FRENCH if set(dict(placeholders(text)).values()) == {""} and ":?" in FRENCH[text]],
        ]
    texts = [text for part in said for text in part]
    assert len(texts) > 60
    if number < 2:
        assert [text for text in texts if not plural_agrees(text)] == []
    else:
        assert any("lignes lues" in text for text in texts) and not any(re.search(r"\d (?:ligne|aire|client|fichier|nouveau|nouvelle)\b", text) for text in texts)


def changes_of(number):
    return SimpleNamespace(counts=lambda: dict.fromkeys(("added", "changed", "unchanged", "removed"), number))


def test_the_sentences_of_an_import_in_both_languages():
    merged = Merged(pd.DataFrame(), changes_of(1), 1, ["k"])
    with speaking("fr"):
        assert merged.sentences() == ["1 nouveau, 1 modifié, 1 inchangé, 1 absent.", "1 position corrigée à la main a été gardée.", "1 d’entre elles a maintenant une autre adresse\u202f: à vérifier."]
        assert tr("{new} new, {changed} changed, {unchanged} unchanged, {missing} missing.", new="0", changed="1", unchanged="2", missing="3\u202f000") == "0 nouveau, 1 modifié, 2 inchangés, 3\u202f000 absents."
    with speaking("en"):
        assert merged.sentences()[1:] == ["1 position corrected by hand was kept.", "1 of them has another address now: check."]
        assert str(Message("{customers} {customers:?customer|customers}, of which {not_placed} without a usable position.", customers=2, not_placed=0)).startswith("2 customers, ")
