"""``merge-survey`` and ``undo-merge``: what came back from the field into the inventory, and back."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..toolkit.messages import LANGUAGES, tr
from ..toolkit.survey.decisions import INVENTORY, SURVEY, load_decisions, save_decisions
from .shell import ShellProgress, number

if TYPE_CHECKING:
    from ..toolkit.survey.merging import Item


def add_merge_survey(commands: Any) -> None:
    """Add the commands and their options."""
    about = "compare surveys with an inventory of bays; --apply merges them"
    merge = commands.add_parser("merge-survey", help=about, description=about)
    merge.set_defaults(command=merge_survey_command)
    merge.add_argument("inventory", help="GeoPackage or any file of bays; file.gpkg|layername=bays names a layer")
    merge.add_argument("surveys", nargs="+", metavar="SURVEY", help="folder or project of a survey that came back, or a file of bays; only read")
    merge.add_argument("--apply", action="store_true", help="write; without it only say what would be done")
    merge.add_argument("-o", "--output", metavar="OUT.gpkg", help="result (default: the inventory itself, after a backup)")
    merge.add_argument("--overwrite", action="store_true", help="replace OUT if it exists, after a backup")
    merge.add_argument("--decisions", metavar="D.json", help="decisions as the review, or --save-decisions, wrote them")
    merge.add_argument("--save-decisions", metavar="D.json", help="write the doubtful pairs, to be decided, with those decided already")
    merge.add_argument("--position", choices=(SURVEY, INVENTORY), default=SURVEY, help="whose position a matched bay takes (default: survey)")
    merge.add_argument("--communes", metavar="FILE", help="polygons of municipalities (default: those of the survey's folder)")
    merge.add_argument("--mapping", help="mapping of the inventory's columns; recognised by default")
    merge.add_argument("--set", action="append", type=_setting, default=[], metavar="NAME=NUMBER", help=f"a number of the matching: {_numbers()}")
    _common(merge)
    undo = commands.add_parser("undo-merge", help="put back what was there before the last merge-survey --apply", description="Undo a merge.")
    undo.set_defaults(command=undo_merge_command)
    undo.add_argument("output", help="the file that the merge wrote")
    undo.add_argument("--even-if-changed", action="store_true", help="also where the file was changed since; those changes are lost")
    _common(undo)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--lang", choices=LANGUAGES, help="language of the sentences (default: the system's)")
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _numbers() -> str:
    from ..toolkit.survey.match_settings import MatchSettings

    return ", ".join(f"{one.name} {one.default:g}" for one in fields(MatchSettings))


def _setting(text: str) -> tuple[str, float]:
    from ..toolkit.survey.match_settings import MatchSettings

    name, _, value = text.partition("=")
    if name not in {one.name for one in fields(MatchSettings)}:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER; names: {_numbers()}")
    return name, number(value)


def merge_survey_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``merge-survey``: the classes and what would be done; with ``--apply`` the new inventory."""
    from ..toolkit.survey.match_settings import MatchSettings
    from ..toolkit.survey.merge_file import open_merge, write_merge
    from ..toolkit.survey.merging import MergeSettings

    settings = MergeSettings(MatchSettings(**dict(options.set)), options.position)
    decided = load_decisions(options.decisions) if options.decisions else {}
    ready = open_merge(options.inventory, options.surveys, settings, options.communes, options.mapping, progress.part(0, 0.8))
    for sentence in ready.sentences():
        progress.say(sentence)
    applied = ready.preview(decided)
    progress.say(applied.sentence())
    told: dict[str, Any] = {
        **ready.merge.counts(),
        "changed_fields": ready.merge.by_field(),
        "applied": applied.counts(),
        "decisions_without_bay": sorted(set(decided) - {item.key for item in ready.merge.items}),
        "items": [_item(item) for item in ready.merge.items if item.kind != "not_visited" and (item.kind != "matched" or item.changes)],
        "sentences": ready.sentences(),
        "dry_run": not options.apply,
        "output": None,
    }
    if options.apply:
        written = write_merge(ready, decided, options.output or options.inventory.partition("|")[0], options.overwrite, progress.part(0.8, 1))
        told |= {"output": str(written.path), "log": str(written.log), "photos_written": written.photos, "photos_apart": written.photos_apart}
    if options.save_decisions:
        about = {"waiting": {item.key: item.why() for item in applied.waiting}, "inventory": Path(options.inventory).name}
        told["decisions"] = str(save_decisions(decided, options.save_decisions, about))
    return told


def _item(item: Item) -> dict[str, Any]:
    """One bay as JSON has it."""
    evidence = {name: round(value, 3) if isinstance(value, float) else value for name, value in item.evidence.items() if value is not None}
    changes = [{"field": one.field, "old": _plain(one.old), "new": _plain(one.new)} for one in item.changes]
    return {
        "key": item.key,
        "kind": item.kind,
        "actions": list(item.actions),
        "reasons": list(item.reasons),
        "evidence": evidence,
        "copies": len(item.copies),
        "changes": changes,
        "conflicts": [str(edit) for edit in item.conflicts],
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def undo_merge_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``undo-merge``: the file as it was before the last merge, byte for byte."""
    from ..toolkit.survey.merge_file import undo_merge

    undone = undo_merge(options.output, options.even_if_changed)
    progress.say(tr("“{path}” is as it was before the last merge.", path=undone.path))
    return {"output": str(undone.path), "removed": undone.removed}
