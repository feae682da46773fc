"""The toolkit from a shell: ``python -m joptimiz_qgis``. One JSON object on standard output, progress on standard error."""

from __future__ import annotations

import argparse
import json
import sys

from .commands.active import add_active
from .commands.coverage import add_coverage
from .commands.enrich_customers import add_enrich_customers
from .commands.export_bays import add_export_bays
from .commands.fetch import add_fetch
from .commands.import_company import add_import_company
from .commands.merge_survey import add_merge_survey
from .commands.purge_customers import add_purge_customers
from .commands.read_bays import add_read_bays
from .commands.regulations import add_regulations
from .commands.shell import BAD_DATA, OK, Parser, ShellProgress
from .commands.survey_report import add_survey_report
from .commands.validate_bays import add_validate_bays
from .commands.workspace import add_workspace
from .toolkit.errors import JoptimizError
from .toolkit.messages import set_language, tr

_COMMANDS = (
    add_active,
    add_coverage,
    add_enrich_customers,
    add_export_bays,
    add_fetch,
    add_import_company,
    add_merge_survey,
    add_purge_customers,
    add_read_bays,
    add_regulations,
    add_survey_report,
    add_validate_bays,
    add_workspace,
)
"""What adds each command to the parser, in the order of the help."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 bad data (one sentence on standard error), 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console in cp1252 must not break a sentence with “≤”
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    if options.lang:
        set_language(options.lang)
    progress = ShellProgress(options.quiet)
    try:
        from .toolkit.dependencies import require_libraries

        require_libraries()
        result = options.command(options, progress)
    except JoptimizError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_DATA
    except KeyboardInterrupt:
        sys.stderr.write(tr("Cancelled; nothing was written.") + "\n")
        return BAD_DATA
    sys.stdout.write(json.dumps(result, ensure_ascii=False, allow_nan=False) + "\n")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m joptimiz_qgis", description="Delivery bays and freight surveys without QGIS.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in _COMMANDS:
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
