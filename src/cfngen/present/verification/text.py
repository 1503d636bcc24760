"""Results for a terminal: what does not hold in full, what holds as a number, or all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cfngen.present import visible
from cfngen.present.style import Palette, Style
from cfngen.present.verification.wording import Report, lines, summary, where
from cfngen.verify.results import Outcome, Result

_STYLES: dict[Outcome, Style] = {
    "holds": "green",
    "does not hold": "red",
    "not yet": "cyan",
    "cannot tell": "yellow",
}
_WIDTH = 15
_INDENT = 2


def render(report: Report, palette: Palette, *, everything: bool = False) -> str:
    """The report.

    Arguments:
        everything: also each claim that holds, with its evidence.
    """
    shown = [where(report), ""]
    for stack in dict.fromkeys(result.claim.stack for result in report.results):
        results = [result for result in report.results if result.claim.stack == stack]
        shown += _stack(stack, results, palette, everything=everything)
    shown.append(f"{report.calls} API calls in {report.seconds:.0f} s")
    shown.append(summary(report.results))
    return visible.lines(shown)


def _stack(stack: str, results: Sequence[Result], palette: Palette, *, everything: bool) -> Iterator[str]:
    held = sum(result.outcome == "holds" for result in results)
    yield f"{palette.colour(stack, 'bold')}: {held} of {len(results)} claims hold"
    for result in results:
        if result.outcome == "holds" and not everything:
            continue
        word = f"{result.outcome:<{_WIDTH}}"
        yield f"{' ' * _INDENT}{palette.colour(word, _STYLES[result.outcome])}{result.claim.says}"
        yield from (f"{' ' * (_INDENT + _WIDTH)}{line}" for line in lines(result))
    yield ""
