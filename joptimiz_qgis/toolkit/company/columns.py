"""Which column holds what: suggestions by the header and by the values, with a reason, remembered for the next file alike.

Loads no library by itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from ..errors import FileError
from ..messages import Message
from ..read.mapping import fold

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE = 300
_BY_NAME, _BY_CONTENT = 0.6, 0.4
_ENOUGH = 0.45
"""A suggestion needs a telling name, or a fair name with fitting values, or values that could be nothing else."""


@dataclass(frozen=True)
class CompanyField:
    """Something that a column of a firm's file may hold.

    Attributes
    ----------
    names : tuple of str
        Folded names of columns that say it, the plainest first.
    content : callable or None
        Whether one value may be it; None where any text may.
    telling : bool
        True where values that fit can hardly be anything else.
    """

    name: str
    label: dict[str, str]
    names: tuple[str, ...]
    content: Callable[[str], bool] | None = None
    telling: bool = False


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression, re.IGNORECASE)
    return lambda text: bool(compiled.fullmatch(text.strip()))


def _digits(*lengths: int) -> Callable[[str], bool]:
    return lambda text: len(re.sub(r"[\s\u00a0\u202f.-]", "", text)) in lengths and re.sub(r"[\s\u00a0\u202f.-]", "", text).isdigit()


def _is_siret(text: str) -> bool:
    return _digits(13, 14)(text) or bool(re.fullmatch(r"\d[.,]\d+[eE]\+?1[23]", text))


_ANGLE = re.compile(
    r"""([NSEWO])?\s*(-?\d{1,3}(?:[.,]\d+)?)\s*(°)?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’´]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|”|''|’’)\s*)?([NSEWO])?""",
    re.IGNORECASE,
)


def angle(text: str) -> float | None:
    """Degrees out of minutes and seconds, or with a letter: ``48°51'24"N``, ``2,35° E``, ``W 1.5`` (O is the French west); None for others."""
    match = _ANGLE.fullmatch(text.strip())
    if not match or not (match[1] or match[3] or match[6]) or (match[1] and match[6]):
        return None
    whole, minutes, seconds = (float((match[number] or "0").replace(",", ".")) for number in (2, 4, 5))
    if minutes >= 60 or seconds >= 60:
        return None
    degrees = abs(whole) + minutes / 60 + seconds / 3600
    return -degrees if match[2].startswith("-") or (match[1] or match[6] or "").upper() in {"S", "W", "O"} else degrees


def angles(text: str) -> tuple[float, float] | None:
    """The two of a cell such as ``48°51'24"N 2°21'03"E``; None where it holds no two."""
    match = re.fullmatch(r"([NS].*?)[\s,;/]*([EWO].*)|(.*?[NS])[\s,;/]*(\S.*)", text.strip(), re.IGNORECASE)
    found = [angle(part) for part in match.groups() if part] if match else []
    return (found[0], found[1]) if len(found) == 2 and found[0] is not None and found[1] is not None else None


def _between(low: float, high: float) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return low <= float(text.replace(",", ".").replace("\u00a0", "").replace(" ", "")) <= high
        except ValueError:
            found = angle(text)
            return found is not None and low <= found <= high

    return fits


_two_numbers = _pattern(r"[\[(]?-?\d{1,2}[.,]\d{2,}\s*[,; ]\s*-?\d{1,2}[.,]\d{2,}[\])]?")


def _position(text: str) -> bool:
    return _two_numbers(text) or angles(text) is not None


_STREETS = (
    "rue|r|avenue|av|ave|bd|bld|bvd|boulevard|place|pl|quai|chemin|che|route|rte|impasse|imp|allee|allée|all|cours|passage|pass|square|sq|"
    "zone|za|zi|zac|lieu|faubourg|fbg|cite|cité|villa|rond|residence|résidence|port|parc|promenade|esplanade|galerie"
)
_DAY = r"(?:lun(?:di)?|mar(?:di)?|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|dim(?:anche)?|mo|tu|we|th|fr|sa|su|l|m|j|v|s|d)"
_HOUR = r"\d{1,2}\s*(?:h|:|\s*heures?)\s*\d{0,2}"

FIELDS = (
    CompanyField("id", {"fr": "Identifiant", "en": "Identifier"}, (
        "id", "clientid", "idclient", "codeclient", "numeroclient", "numclient", "noclient", "nclient", "refclient", "referenceclient", "code",
        "reference", "ref", "identifiant", "customerid", "numero", "num", "nclt", "comptetiers", "codetiers", "numcompte",
    ), _pattern(r"[\w./-]{1,30}")),
    CompanyField("name", {"fr": "Nom", "en": "Name"}, (
        "nom", "nomclient", "raisonsociale", "enseigne", "denomination", "client", "libelle", "societe", "etablissement", "nomcommercial", "name",
        "destinataire", "intitule", "pointdelivraison", "magasin", "rs",
    ), _pattern(r"(?=.*[^\W\d_]).{2,}")),
    CompanyField("siret", {"fr": "SIRET", "en": "SIRET"},
        ("siret", "nsiret", "numerosiret", "numsiret", "nosiret", "codesiret", "siretclient"),
        _is_siret, telling=True,
    ),
    CompanyField("siren", {"fr": "SIREN", "en": "SIREN"}, ("siren", "nsiren", "numerosiren", "numsiren"), _digits(9, 8)),
    CompanyField("address", {"fr": "Adresse (numéro et voie)", "en": "Address (number and street)"}, (
        "adresse", "adr", "l4normalisee", "geoadresse", "adressenormalisee", "adresse1",
        "adr1", "rue", "voie", "adresselivraison", "adresseligne1", "address", "adressedelivraison", "street",
        "numeroetvoie", "adressepostale", "ligneadresse", "adressecomplete",
    ), _pattern(rf"(?:.*\W)?(?:{_STREETS})\b.*|\d{{1,4}}\s*(?:bis|ter|quater|[a-d])?[\s,]+\D.*"), telling=True),
    CompanyField("address2", {"fr": "Complément d’adresse", "en": "Address, second line"},
        ("adresse2", "adr2", "complement", "complementadresse", "adresseligne2", "complementdadresse"),
    ),
    CompanyField("postcode", {"fr": "Code postal", "en": "Postcode"}, (
        "codepostal", "cp", "codpostal", "cpostal", "postcode", "postalcode", "zip", "zipcode", "cplivraison", "codepost", "cdpostal", "codpos",
    ), _digits(4, 5)),
    CompanyField("town", {"fr": "Commune", "en": "Town"}, (
        "ville", "commune", "localite", "town", "city", "villelivraison", "nomcommune", "libellecommune", "bureaudistributeur", "libcom",
    ), _pattern(r"[^\W\d][^\d]*(?:\d{1,2}\s*(?:er|e|eme|ème|ème arrondissement|er arrondissement|e arrondissement)?.*)?")),
    CompanyField("insee", {"fr": "Code INSEE", "en": "INSEE code"},
        ("codeinsee", "insee", "codecommune", "codecommuneinsee", "codgeo", "citycode", "depcom"),
        _pattern(r"\d[\dAB]?\d{3}"),
    ),
    CompanyField("longitude", {"fr": "Longitude", "en": "Longitude"},
        ("longitude", "lon", "lng", "long", "xlongitude", "gpslon", "coordlon", "longitudewgs84", "xwgs84"),
        _between(-64, 56),
    ),
    CompanyField("latitude", {"fr": "Latitude", "en": "Latitude"},
        ("latitude", "lat", "ylatitude", "gpslat", "coordlat", "latitudewgs84", "ywgs84"),
        _between(-22, 52),
    ),
    CompanyField("x", {"fr": "X", "en": "X"},
        ("x", "coordx", "xl93", "xlambert93", "lambertx", "xcoord", "easting", "xlambert", "coordonneex"),
        _between(-1e7, 1e7),
    ),
    CompanyField("y", {"fr": "Y", "en": "Y"},
        ("y", "coordy", "yl93", "ylambert93", "lamberty", "ycoord", "northing", "ylambert", "coordonneey"),
        _between(-1e7, 1e7),
    ),
    CompanyField("position", {"fr": "Position (deux nombres)", "en": "Position (two numbers)"}, (
        "coordonnees", "gps", "latlon", "latlng", "geopoint2d", "geopoint", "coordonneesgps", "position", "geolocalisation",
    ), _position, telling=True),
    CompanyField("category", {"fr": "Catégorie", "en": "Category"}, (
        "categorie", "activite", "type", "typeclient", "secteur", "famille", "naf", "ape", "codeape", "codenaf", "category", "segment",
    )),
    CompanyField("days", {"fr": "Jours de livraison", "en": "Delivery days"}, (
        "jours", "joursdelivraison", "jourslivraison", "jour", "jourlivraison", "days", "jourdelivraison",
    ), _pattern(rf"{_DAY}\.?(?:(?:\s*(?:[,;/+&–-]|à|au|et)\s*|\s+){_DAY}\.?)*|tous les jours"), telling=True),
    CompanyField("hours", {"fr": "Heures de livraison", "en": "Delivery hours"}, (
        "heures", "horaires", "heureslivraison", "horaireslivraison", "horaire", "creneau", "creneaulivraison", "plagehoraire", "hours", "creneaux",
        "heuresdelivraison", "horairesdelivraison",
    ), _pattern(rf"(?:.*\W)?{_HOUR}\s*(?:-|–|à|a|/)\s*{_HOUR}.*"), telling=True),
    CompanyField("volume", {"fr": "Volume", "en": "Volume"}, (
        "volume", "poids", "quantite", "colis", "nbcolis", "palettes", "nbpalettes", "tonnage", "volumem3", "qte", "poidskg",
    ), _between(0, 1e9)),
    CompanyField("vehicle", {"fr": "Véhicule", "en": "Vehicle"},
        ("vehicule", "typevehicule", "typedevehicule", "camion", "porteur", "vehicle", "tournee", "ptac"),
    ),
)  # fmt: skip
_BY_FIELD = {field.name: field for field in FIELDS}
FIELD_NAMES = tuple(_BY_FIELD)


@dataclass(frozen=True)
class Suggestion:
    """A column for a field.

    Attributes
    ----------
    score : float
        0–1.
    reason : Message
        Why, in words.
    """

    field: str
    column: str
    score: float
    reason: Message


def suggest(rows: pd.DataFrame, memory: HeaderMemory | None = None) -> dict[str, Suggestion]:
    """The likeliest column of each field; each column is for one field at most.

    Parameters
    ----------
    rows : DataFrame
        Text columns, None where empty.
    memory : HeaderMemory, optional
        What the user chose for the same header before: it wins.

    Returns
    -------
    dict
        Field → suggestion; fields without one are absent.
    """
    columns = [str(name) for name in rows.columns]
    remembered = memory.recall(columns) if memory else None
    if remembered is not None:
        why = Message("chosen last time for a file with the same columns")
        return {field: Suggestion(field, column, 1.0, why) for field, column in remembered.items()}
    candidates = [
        found for name in columns for field in FIELDS if (found := _judge(field, name, rows[name].dropna().head(_SAMPLE))) is not None
    ]
    chosen: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for candidate in sorted(candidates, key=lambda item: -item.score):
        if candidate.field not in chosen and candidate.column not in taken:
            chosen[candidate.field] = candidate
            taken.add(candidate.column)
    return {name: chosen[name] for name in FIELD_NAMES if name in _without_halves(chosen)}


def _without_halves(chosen: dict[str, Suggestion]) -> set[str]:
    """The fields chosen, without one coordinate that lacks the other, and with one pair of them."""
    kept = set(chosen)
    for one, other in (("longitude", "latitude"), ("x", "y")):
        if not {one, other} <= kept:
            kept -= {one, other}
    return kept - {"x", "y"} if {"longitude", "x"} <= kept else kept


def _judge(field: CompanyField, column: str, values: pd.Series) -> Suggestion | None:
    by_name = _name_score(field, column)
    share = float(values.map(field.content).mean()) if field.content and len(values) else 0.0
    if by_name == 0 and not (field.telling and share > 0.8):
        return None
    if field.content and len(values) and share < 0.2 and field.name not in {"name", "town"}:
        return None  # a column “code” full of phrases is no code
    content = share if field.content else 0.5
    score = _BY_NAME * by_name + _BY_CONTENT * content + (0.1 * share if field.telling and by_name == 0 else 0)
    if score < _ENOUGH and not (field.telling and share > 0.8):
        return None
    return Suggestion(field.name, column, round(min(score, 1.0), 3), _reason(by_name, share, bool(field.content)))


def _reason(by_name: float, share: float, looked: bool) -> Message:
    if by_name == 0:
        return Message("its values look like it ({share:.0f} of 100)", share=100 * share)
    if looked:
        return Message("by its name; {share:.0f} of 100 values look like it", share=100 * share)
    return Message("by its name")


def _name_score(field: CompanyField, column: str) -> float:
    name = fold(column)
    if name in field.names:
        return 1.0 - 0.01 * field.names.index(name)
    words = {fold(word) for word in re.split(r"[\s_.\-/()’']+", column) if word}
    best = 0.0
    for known in field.names:
        if known in words and len(known) > 1:
            best = max(best, 0.75)
        elif len(known) > 4 and known in name:
            best = max(best, 0.6)
    return best


def content_share(field: str, values: pd.Series) -> float | None:
    """Share (0–1) of the first values that may be `field`; None where any text may, or there is none."""
    content = _BY_FIELD[field].content
    known = values.dropna().head(_SAMPLE)
    return float(known.map(content).mean()) if content and len(known) else None


class HeaderMemory:
    """What the user chose, by header: a JSON file with names of columns and never a value.

    Parameters
    ----------
    path : path
        Made where it does not exist; one that cannot be read counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def recall(self, columns: Sequence[str]) -> dict[str, str] | None:
        """Field → column chosen for these columns last time; None where they are new."""
        kept = self._read().get(header_mark(columns))
        if not isinstance(kept, dict):
            return None
        return {field: column for field, column in kept.items() if field in _BY_FIELD and column in columns}

    def keep(self, columns: Sequence[str], chosen: Mapping[str, str]) -> None:
        """Remember `chosen` for files with these columns."""
        content = {**self._read(), header_mark(columns): dict(chosen)}
        write_json(content, self.path)

    def _read(self) -> dict[str, object]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}


def header_mark(columns: Sequence[str]) -> str:
    """A short mark of a header, the same whatever the columns' order, case and accents."""
    return hashlib.sha256("|".join(sorted(fold(column) for column in columns)).encode()).hexdigest()[:16]


def write_json(content: object, path: Path) -> None:
    """Write a small JSON file: whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            part.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            part.replace(path)
    except OSError as error:
        raise FileError("“{name}” cannot be written: {cause}", name=path.name, cause=error.strerror or error) from error
