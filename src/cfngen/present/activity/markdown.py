"""Who did what, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from cfngen.activity.answers import Activity, Answer
from cfngen.present.activity.wording import PROBLEMS, basis, days, proof, shortened, shown

_WIDEST = 120


def render(activity: Activity) -> str:
    """The report."""
    return "\n".join(_lines(activity)) + "\n"


def _lines(activity: Activity) -> Iterator[str]:
    yield f"# Activity in {plain(activity.environment)}, {days(activity)}"
    yield ""
    yield f"- {plain(proof(activity))}"
    yield f"- {plain(activity.source)}"
    yield from (f"- {plain(sentence)}" for sentence in basis(activity))
    problems = list(activity.verification.problems)
    if activity.counts is not None:
        problems += [f"skipped {file.key}: {file.reason}" for file in activity.counts.skipped]
    yield from (f"  - {plain(shown(problem))}" for problem in problems[:PROBLEMS])
    if len(problems) > PROBLEMS:
        yield f"  - and {len(problems) - PROBLEMS} more"
    for answer in activity.answers:
        yield ""
        yield f"## {plain(answer.question.name)}"
        yield ""
        yield plain(answer.question.description)
        yield ""
        yield from _table(answer)


def _table(answer: Answer) -> Iterator[str]:
    if not answer.rows:
        yield "Nothing."
        return
    yield f"| {' | '.join(map(plain, answer.columns))} |"
    yield f"| {' | '.join('---' for _ in answer.columns)} |"
    for row in answer.rows:
        yield f"| {' | '.join(plain(shortened(shown(value), _WIDEST)) for value in row)} |"
    if answer.cut:
        yield ""
        yield f"The first {len(answer.rows):,}; there may be more."


def plain(text: str) -> str:
    """Text that Markdown and HTML leave as it is.

    >>> plain("a|b <img> [x](y)")
    'a\\\\|b &lt;img&gt; \\\\[x\\\\](y)'
    """
    for sign in "\\`*_|[]~":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
