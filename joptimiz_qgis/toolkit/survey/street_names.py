"""Names of streets as orders, maps and address bases write them, brought to one form so that they meet."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_ABBREVIATIONS = """
    avenue:av,ave boulevard:bd,bld,bvd,boul chemin:ch,che,chem route:rte rue:r impasse:imp place:pl allee:all,allees square:sq cours:crs
    faubourg:fg,fbg passage:pass quai:qu,qua residence:res lotissement:lot traverse:trav,tra montee:mte esplanade:esp promenade:prom
    rondpoint:rpt saint:st sainte:ste docteur:dr general:gal,gen marechal:mal commandant:cdt colonel:col capitaine:cpt lieutenant:lt
    president:pdt professeur:prof,pr notre_dame:nd
"""
"""Word and its abbreviations; an underscore stands for a blank."""

_SHORT = {
    short: word.replace("_", " ")
    for word, _, shorter in (entry.partition(":") for entry in _ABBREVIATIONS.split())
    for short in shorter.split(",")
}
_SMALL = {"de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux", "et", "en"}
_MUNICIPALITY = re.compile(
    r"(toute la |ensemble de la |territoire (?:communal|de la commune)|(?:la )?commune\b|(?:l')?agglomeration\b|(?:la )?ville de )"
)
LIKELY = 0.86


def normalised(name: str) -> str:
    """`name` in small letters without accents, small words and what stands in parentheses, abbreviations written out."""
    plain = _plain(re.sub(r"\([^)]*\)", " ", name))
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    whole = [word for index, word in enumerate(words) for word in _written_out(word, index == 0).split()]
    return " ".join(word for word in whole if word not in _SMALL)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'").casefold())
    return "".join(character for character in folded if not unicodedata.combining(character))


def _written_out(word: str, first: bool) -> str:
    """Kinds of streets are abbreviated in front (``r`` elsewhere is an initial), titles anywhere."""
    if word in ("r", "ch", "all", "pass", "res", "lot", "pl", "av", "imp", "qu", "tra") and not first:
        return word
    return _SHORT.get(word, word)


def is_municipality(designation: str, town: str = "") -> bool:
    """Whether an order's place is a whole municipality (“Commune de Carros”, “Toute la commune”, the town's own name)."""
    plain = _plain(designation).strip()
    return bool(_MUNICIPALITY.match(plain)) or (bool(town) and normalised(designation) == normalised_town(town))


def normalised_town(name: str) -> str:
    """The name of a municipality without what stands before it: ``Commune d'Aix-en-Provence`` → ``aix provence``."""
    return normalised(re.sub(r"^(?:la )?(?:commune|ville|mairie)\b(?:\s+(?:de|du|des)\b|\s+d'|\s+de\s+l')?", " ", _plain(name)).strip())


def likely(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The normalised names among `known` that are nearest to a normalised one that is not there."""
    return difflib.get_close_matches(name, list(known), n=most, cutoff=LIKELY)
