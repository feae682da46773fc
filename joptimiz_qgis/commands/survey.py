"""What the commands of a survey share: its findings on the screen and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..toolkit.errors import ParameterError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from ..toolkit.survey.findings import Findings
    from .shell import ShellProgress

_SHOWN = 20


def add_findings(command: argparse.ArgumentParser) -> None:
    """Add the options of a command that gives findings; its ``--output`` is the layer of them."""
    command.add_argument("--csv", metavar="FILE.csv", help="write the findings as a table too")
    command.add_argument("--only", metavar="CODE,…", help="findings of these codes or severities (error, warning, notice) alone")


def chosen(findings: Findings, only: str | None) -> Findings:
    """The findings that ``--only`` leaves."""
    from ..toolkit.survey.findings import SEVERITIES, Findings

    if not only:
        return findings
    wanted = {part.strip() for part in only.split(",")}
    kept = [finding for finding in findings.findings if finding.code in wanted or finding.severity in wanted]
    known = {finding.code for finding in findings.findings} | set(SEVERITIES)
    if not kept and not wanted & known:
        raise ParameterError(
            "“{key}” is “{value}”. Expected one of: {allowed}", key="only", value=only, allowed=", ".join(sorted(known))
        )
    return Findings(kept, findings.rows)


def write_findings(findings: Findings, output: Path | str | None, csv: Path | str | None, overwrite: bool) -> None:
    """Write the layer and the table that were asked for."""
    from ..toolkit.write import write_table

    if output:
        write_table(findings.layer(), output, "findings", overwrite)
    if csv:
        findings.write_csv(csv, overwrite)


def tell_findings(findings: Findings, progress: ShellProgress) -> None:
    """The counts and the first findings."""
    for sentence in findings.sentences():
        progress.say(sentence)
    for finding in findings.findings[:_SHOWN]:
        progress.say(f"  {finding}")


def told(findings: Findings) -> dict[str, Any]:
    """The figures as JSON has them."""
    return {"rows": findings.rows, "severities": findings.by_severity(), "codes": findings.counts()}
