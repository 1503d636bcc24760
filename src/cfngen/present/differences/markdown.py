"""A difference as a comment on a pull request: GitHub's Markdown, within a comment's length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cfngen.present.cost import change_sentence
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import headline, label, promises, subject, value_line, values
from cfngen.template.change.judgement import Judgement

LIMIT: Final = 65_000
"""Characters; GitHub takes 65,536 in a comment.
https://github.com/orgs/community/discussions/41331"""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#])")


def render(differences: Sequence[Difference]) -> str:
    """All differences; where they are longer than a comment may be, without the values, then cut."""
    changed = [one for one in differences if not one.same]
    same = [_name(one) for one in differences if one.same]
    tail = f"\n\nNo changes: {', '.join(map(_escape, same))}" if same else ""
    for detailed in (True, False):
        blocks = ["\n".join(_block(one, detailed=detailed)) for one in changed]
        shown = "\n\n".join(blocks) + tail
        if len(shown) <= LIMIT:
            return shown.strip() + "\n"
    note = "\n\nThe rest is left out: `cfngen diff` shows it all.\n"
    return shown[: LIMIT - len(note)].rpartition("\n")[0] + note


def _block(difference: Difference, *, detailed: bool) -> Iterator[str]:
    yield f"### {_escape(headline(difference))}"
    yield ""
    for note in difference.notes:
        yield f"{_escape(note)}\n"
    if difference.values:
        yield from (f"- **value** {_escape(value_line(change))}" for change in difference.values)
        yield ""
    if difference.comparison.judgements:
        yield "| consequence | what | why |"
        yield "| --- | --- | --- |"
    for item in difference.comparison.judgements:
        yield f"| {_label(item)} | {_escape(subject(item))} | {_reasons(item)} |"
    if difference.comparison.permissions:
        yield ""
        yield "**Permissions**"
        yield ""
        for permission in difference.comparison.permissions:
            yield f"- **{permission.direction}**: {_escape(permission.statement)}"
    if difference.promises:
        yield ""
        yield "**Promises**"
        yield ""
        yield from (f"- **{word}**: {_escape(told)}" for word, told in promises(difference))
    if difference.cost is not None and (sentence := change_sentence(difference.cost)):
        yield ""
        yield f"**Cost**: {_escape(sentence)}"
    if difference.findings:
        yield ""
        yield "**Lint**"
        yield ""
        for finding in difference.findings:
            said = f"{finding.message} ({finding.place})"
            yield f"- {finding.level} {finding.rule}: {_escape(said)}"
    modified = [item for item in difference.comparison.judgements if item.change.action == "modify"]
    if detailed and modified:
        yield ""
        yield "<details><summary>Values</summary>"
        yield ""
        yield "```text"
        for item in modified:
            yield subject(item).replace("```", "'''")
            for cause in item.change.causes:
                yield from (f"  {line}".replace("```", "'''") for line in values(cause))
        yield "```"
        yield ""
        yield "</details>"


def _name(difference: Difference) -> str:
    return f"{difference.stack} ({difference.environment})" if difference.environment else difference.stack


def _label(item: Judgement) -> str:
    shown = label(item)
    return (f"**{shown}**" if item.consequence.grave else shown) + (
        " **data loss**" if item.data_loss else ""
    )


def _reasons(item: Judgement) -> str:
    return "" if item.change.action == "add" else _escape("; ".join(item.reasons))


def _escape(text: str) -> str:
    """
    >>> _escape("role R is allowed s3:* on <Bucket>")
    'role R is allowed s3:\\\\* on \\\\<Bucket\\\\>'
    """
    return _SPECIAL.sub(r"\\\1", text)
