"""Results for a pull request or a build's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cfngen.present.verification.wording import Report, lines, summary, where
from cfngen.present.visible import markdown, one_line
from cfngen.verify.results import Outcome, Result, counts

_HEADINGS: dict[Outcome, str] = {
    "does not hold": "Do not hold",
    "not yet": "Not yet",
    "cannot tell": "Cannot tell",
}
_MOST = 50


def render(report: Report) -> str:
    """The report: the numbers, then all that does not hold, then what holds, folded."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## Verified {where(report)}"
    yield ""
    yield f"**{summary(report.results)}**"
    yield ""
    yield "| stack | hold | do not hold | not yet | cannot tell |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for stack in dict.fromkeys(result.claim.stack for result in report.results):
        found = counts([result for result in report.results if result.claim.stack == stack])
        yield f"| {markdown(stack)} | {' | '.join(str(number) for number in found.values())} |"
    for outcome, heading in _HEADINGS.items():
        results = [result for result in report.results if result.outcome == outcome]
        if results:
            yield ""
            yield f"### {heading}"
            yield ""
            yield from _items(results)
    yield ""
    yield "<details><summary>What holds</summary>"
    yield ""
    for result in report.results:
        if result.outcome == "holds":
            yield f"- {markdown(result.claim.says)}: {markdown(result.verdict.evidence)}"
    yield ""
    yield "</details>"


def _items(results: Sequence[Result]) -> Iterator[str]:
    for result in results[:_MOST]:
        yield f"- **{markdown(result.claim.says)}** (`{one_line(result.claim.id)}`, {result.claim.severity})"
        yield from (f"  - {markdown(line)}" for line in lines(result))
    if len(results) > _MOST:
        yield f"- and {len(results) - _MOST} more"
