"""A difference as a comment on a pull request: GitHub's Markdown, within a comment's length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cfngen.present.cost import change_sentence
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import (
    headline,
    label,
    promises,
    shown_values,
    subject,
    value_line,
    value_text,
)
from cfngen.present.visible import markdown, one_line
from cfngen.template.change.judgement import Judgement

_NONE: Final[Mapping[tuple[str, str], str]] = MappingProxyType({})
LIMIT: Final = 65_000
"""Characters; GitHub takes 65,536 in a comment.
https://github.com/orgs/community/discussions/41331"""


def render(differences: Sequence[Difference], drawings: Mapping[tuple[str, str], str] = _NONE) -> str:
    """All differences; where they are longer than a comment may be, without the values, then cut.

    Arguments:
        drawings: the diagram of a stack in an environment, as Mermaid's text.
    """
    changed = [one for one in differences if not one.same]
    same = [_name(one) for one in differences if one.same]
    tail = f"\n\nNo changes: {', '.join(map(markdown, same))}" if same else ""
    for detailed in (True, False):
        blocks = [
            "\n".join([*_block(one, detailed=detailed), *(_drawing(one, drawings) if detailed else ())])
            for one in changed
        ]
        shown = "\n\n".join(blocks) + tail
        if len(shown) <= LIMIT:
            return shown.strip() + "\n"
    note = "\n\nThe rest is left out: `cfngen diff` shows it all.\n"
    return shown[: LIMIT - len(note)].rpartition("\n")[0] + note


def _block(difference: Difference, *, detailed: bool) -> Iterator[str]:
    yield f"### {markdown(headline(difference))}"
    yield ""
    for note in difference.notes:
        yield f"{markdown(note)}\n"
    if difference.values:
        yield from (f"- **value** {markdown(value_line(change))}" for change in difference.values)
        yield ""
    if difference.comparison.judgements:
        yield "| consequence | what | why |"
        yield "| --- | --- | --- |"
    for item in difference.comparison.judgements:
        yield f"| {_label(item)} | {markdown(subject(item))} | {_reasons(item)} |"
    yield from _listed(
        "Permissions",
        [
            f"- **{permission.word}**: {markdown(permission.statement)}"
            for permission in difference.comparison.permissions
        ],
    )
    yield from _listed("Promises", [f"- **{word}**: {markdown(told)}" for word, told in promises(difference)])
    cost = [change_sentence(difference.cost)] if difference.cost else []
    yield from _listed("Cost", [f"- {markdown(sentence)}" for sentence in cost])
    yield from _listed(
        "Lint",
        [
            f"- {finding.level} {finding.rule}: {markdown(f'{finding.message} ({finding.place})')}"
            for finding in difference.findings
        ],
    )
    modified = [item for item in difference.comparison.judgements if item.change.action == "modify"]
    if detailed and modified:
        yield ""
        yield "<details><summary>Values</summary>"
        yield ""
        yield "```text"
        for item in modified:
            yield one_line(subject(item)).replace("```", "'''")
            for value in shown_values(item.change.causes):
                yield one_line(f"  {value_text(value)}").replace("```", "'''")
        yield "```"
        yield ""
        yield "</details>"


def _drawing(difference: Difference, drawings: Mapping[tuple[str, str], str]) -> Iterator[str]:
    text = drawings.get((difference.stack, difference.environment or ""))
    if text:
        yield from ("", "<details><summary>Diagram</summary>", "")
        yield from ("```mermaid", text.rstrip("\n"), "```", "", "</details>")


def _name(difference: Difference) -> str:
    return f"{difference.stack} ({difference.environment})" if difference.environment else difference.stack


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    """A heading and its lines, where there are any."""
    if lines:
        yield from ("", f"**{title}**", "", *lines)


def _label(item: Judgement) -> str:
    shown = label(item)
    return (f"**{shown}**" if item.consequence.grave else shown) + (
        " **data loss**" if item.data_loss else ""
    )


def _reasons(item: Judgement) -> str:
    return "" if label(item) == "new" else markdown("; ".join(item.reasons))
