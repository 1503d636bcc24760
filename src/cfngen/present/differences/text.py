"""Differences for a terminal: a block a stack, the gravest change first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from cfngen.present.cost import change_sentence
from cfngen.present.differences import permissions
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import promises, shown_values, value_line
from cfngen.present.layout.lines import EMPTY, Line, Piece, line
from cfngen.present.layout.page import Action, Block, Item, Page, page_lines
from cfngen.present.style import Style
from cfngen.template.access.permissions import PermissionChange
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.judgement import Judgement
from cfngen.template.change.version import older

_ACTIONS: Final[dict[Consequence, Action]] = {
    Consequence.IMPOSSIBLE: "impossible",
    Consequence.DELETE: "delete",
    Consequence.REPLACE: "replace",
    Consequence.MAYBE_REPLACE: "maybe-replace",
    Consequence.RETAIN: "keep",
    Consequence.IN_PLACE: "change",
    Consequence.NONE: "nothing",
}
_KINDS: Final = {
    "Parameters": "parameter",
    "Outputs": "output",
    "Conditions": "condition",
    "Mappings": "mapping",
    "Rules": "rule",
    "Metadata": "metadata",
}
_LEVELS: Final[dict[str, Style]] = {"error": "red", "warning": "yellow", "informational": "cyan"}


def render(differences: Sequence[Difference], *, full: bool = False) -> Iterator[Line]:
    """All differences: a page for each environment, or one."""
    pages: dict[str | None, list[Difference]] = {}
    for difference in differences:
        pages.setdefault(difference.environment, []).append(difference)
    for number, some in enumerate(pages.values()):
        if number:
            yield EMPTY
        yield from page_lines(_page(some, full=full))


def block(
    difference: Difference,
    *,
    full: bool,
    imported: Collection[str] = (),
    blocked: Mapping[str, str] | None = None,
    state: tuple[str, Style | None] | None = None,
    more: Sequence[Line] = (),
) -> Block:
    """One stack.

    Arguments:
        full: show all that is shown in short otherwise.
        imported: the logical ids of resources that exist and come into the stack.
        blocked: by logical id, why a change is refused, and the option that allows it.
        state: the word for how it stands; the difference's own where it is not given.
        more: further lines, after everything else.
    """
    judgements = difference.comparison.judgements
    added = {item.change.logical_id for item in judgements if item.change.action == "add"}
    items = tuple(_item(item, imported, blocked or {}) for item in judgements)
    changes = difference.comparison.permissions
    new = added - set(imported)

    def is_new(change: PermissionChange) -> bool:
        return not difference.against or permissions.owner(change) in new

    word, style = state or _state(difference)
    details = [*_notes(difference), *permissions.lines(changes, is_new, full=full), *_more(difference), *more]
    return Block(
        difference.stack,
        _versions(difference),
        word,
        style,
        items,
        permissions.counted(changes, is_new),
        tuple(details),
        bool(blocked),
        full,
    )


def _page(differences: Sequence[Difference], *, full: bool) -> Page:
    same = [one for one in differences if one.same and not one.notes]
    shown = [one for one in differences if one not in same]
    against = list(dict.fromkeys(one.against for one in differences if one.against))
    where = differences[0].environment
    head = f"{where} · " if where else ""
    if against:
        head += (
            f"compared with {against[0]}" if len(against) == 1 else "compared with what each stack was before"
        )
    else:
        head += "nothing to compare with"
    return Page(
        head,
        tuple(_told_apart(one, full=full) if len(against) > 1 else block(one, full=full) for one in shown),
        tuple(one.stack for one in same),
        sums="In all" if shown else "",
    )


def _told_apart(difference: Difference, *, full: bool) -> Block:
    """A block that says what its stack is compared with, where that is not the same for all."""
    word, style = _state(difference)
    against = f", compared with {difference.against}" if difference.against else ""
    return block(difference, full=full, state=(f"{word}{against}", style))


def _versions(difference: Difference) -> str:
    before, after = difference.from_version, difference.to_version
    return " -> ".join(dict.fromkeys(filter(None, (before, after))))


def _state(difference: Difference) -> tuple[str, Style | None]:
    """What the versions and the changes do not say."""
    if difference.removed:
        return difference.removed, "red"
    if difference.same:
        return "no change", None
    if not difference.against:
        return "new", "green"
    if older(difference.to_version, difference.from_version):
        return "downgrade", "yellow"
    return difference.kind, None


def _item(item: Judgement, imported: Collection[str], blocked: Mapping[str, str]) -> Item:
    change = item.change
    resource = change.section == "Resources"
    name = change.logical_id or change.section
    kind = change.type if resource else _KINDS.get(change.section, "") if change.logical_id else ""
    if resource and not item.known_type:
        kind += " (a type without published schema)"
    if change.action == "add" and item.consequence is Consequence.NONE:
        taken = resource and change.logical_id in imported
        return Item("import" if taken else "add", name, kind, counted=resource)
    action = _ACTIONS[item.consequence]
    if action == "nothing" and change.action == "remove":
        action = "remove"
    told_below = {cause.reason for cause in change.causes}
    return Item(
        action,
        f"{name} renamed to {change.renamed_to}" if change.action == "rename" else name,
        kind,
        tuple(shown_values(change.causes)) if change.action == "modify" else (),
        tuple(reason for reason in item.reasons if reason not in told_below),
        item.certain,
        item.data_loss,
        blocked.get(change.logical_id, "") if resource else "",
        counted=resource,
    )


def _notes(difference: Difference) -> Iterator[Line]:
    for note in difference.notes:
        yield line(note)
    for change in difference.values:
        yield line("value of the deployment file: ", value_line(change))


def _more(difference: Difference) -> Iterator[Line]:
    told = list(promises(difference))
    if told:
        yield line("promises")
    for word, text in told:
        yield line(Piece(f"{word}: ", "red" if word == "dropped" else "cyan"), text, indent=2)
    if difference.cost is not None:
        yield line(f"cost: {change_sentence(difference.cost)}")
    for finding in difference.findings:
        head = Piece(f"{finding.level} {finding.rule}: ", _LEVELS[finding.level])
        yield line(head, f"{finding.message} ({finding.place})")
