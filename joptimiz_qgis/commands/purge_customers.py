"""``purge-customers``: a firm's data removed for good, after being listed."""

from __future__ import annotations

import argparse
from typing import Any

from ..toolkit.errors import OutputError
from ..toolkit.messages import tr
from ..toolkit.sources import default_cache
from .shell import ShellProgress


def add_purge_customers(commands: Any) -> None:
    """Add the command and its options."""
    purge = commands.add_parser("purge-customers", help="remove a firm's imported data for good", description="Remove imported customers.")
    purge.set_defaults(command=purge_customers_command)
    purge.add_argument("results", nargs="*", help="GeoPackages of imports; one with other tables stays, without ours")
    purge.add_argument("--also", action="append", default=[], metavar="FILE", help="an export, a list of rejects or of findings to remove too")
    purge.add_argument("--recipe", action="append", default=[], metavar="R.json", help="a recipe to remove too")
    purge.add_argument("--keep-cache", action="store_true", help="keep the geocoder's answers and the choices of columns on this machine")
    purge.add_argument("--yes", action="store_true", help="do it; without, what would go is listed")
    purge.add_argument("--lang", help=argparse.SUPPRESS)
    purge.add_argument("--quiet", action="store_true", help="no progress on standard error")


def purge_customers_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``purge-customers``: list what goes; with ``--yes``, remove it."""
    from ..toolkit.company.purge import LIMITS, purge, purge_plan

    plan = purge_plan(options.results, options.also, None if options.keep_cache else default_cache(), options.recipe)
    for sentence in plan.sentences():
        progress.say(f"  {sentence}")
    told: dict[str, Any] = {"removed": 0, "listed": plan.sentences(), "not_reached": [str(one) for one in LIMITS]}
    if not options.yes:
        progress.say(tr("Nothing was removed. Add --yes to remove what is listed."))
        return told
    done = purge(plan, progress)
    if done.failed:
        raise OutputError(done.sentence())
    progress.say(done.sentence())
    return {**told, "removed": done.removed}
