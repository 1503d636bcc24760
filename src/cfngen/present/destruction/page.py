"""What a deletion does, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cfngen.deploy.destroy.flow import Destroyed
from cfngen.deploy.destroy.order import Obstacle
from cfngen.deploy.destroy.removal import Removal, Removed
from cfngen.present.layout.lines import EMPTY, Line, Piece, line
from cfngen.present.layout.page import Block, Item, Page
from cfngen.present.style import Style


def page(
    head: str, removals: Sequence[Removal], obstacles: Sequence[Obstacle], notes: Sequence[str] = ()
) -> Page:
    """What would be deleted, in the order in which the stacks go.

    Arguments:
        head: where, `layout.page.place(...)`.
        obstacles: what stands against the deletion.
        notes: what could not be looked at.
    """
    blocks = tuple(_block(each, obstacles) for each in removals if each.there)
    absent = tuple(each.stack for each in removals if not each.there)
    warnings = [line(Piece("warning: ", "yellow"), note, hang=2) for note in notes]
    end = [EMPTY, *warnings, *([_sums(removals)] if blocks else [])]
    return Page(head, blocks, same=absent, same_words="not deployed", sums="", end=tuple(end))


def _block(removal: Removal, obstacles: Sequence[Obstacle]) -> Block:
    because = [each for each in obstacles if each.stack == removal.stack]
    details = [line(Piece("BLOCKED", "red"), f": {each.why}", indent=2) for each in because]
    stack = removal.deployed
    if stack.protected:
        details.append(line("its termination protection is turned off before the deletion", indent=2))
    ordinary = stack.status.succeeded or stack.status.rolled_back
    return Block(
        removal.stack,
        versions=stack.name,
        state="" if ordinary else f"{stack.status.name}: {stack.status.meaning}",
        state_style="yellow",
        items=tuple(map(_item, sorted(removal.resources, key=lambda each: each.kind == "stays"))),
        details=tuple(details),
        blocked=bool(because),
    )


def _item(removed: Removed) -> Item:
    resource = removed.resource
    if removed.kind == "stays":
        why = removed.policy if removed.policy == "--retain" else f"DeletionPolicy {removed.policy}"
        return Item(
            "keep", resource.logical_id, resource.type, sentences=(f"{resource.physical_id} ({why})",)
        )
    unknown = removed.kind == "unknown"
    sentences = [f"lost: {removed.lost}"] if removed.lost else []
    sentences += ["a last snapshot stays"] if removed.kind == "snapshot" else []
    sentences += [f"the deletion will fail: {removed.blocks}"] if removed.blocks else []
    sentences += (
        ["whether it stays is not known: it depends on a value that AWS does not show"] if unknown else []
    )
    if sentences and resource.physical_id:
        sentences.insert(0, resource.physical_id)
    return Item(
        "delete",
        resource.logical_id,
        resource.type,
        sentences=tuple(sentences),
        certain=not unknown,
        loses_data=bool(removed.lost),
    )


def _sums(removals: Sequence[Removal]) -> Line:
    resources = [each for removal in removals for each in removal.resources]
    stacks = sum(removal.there for removal in removals)
    stays = sum(each.kind == "stays" for each in resources)
    lost = sum(bool(each.lost) for each in resources)
    fails = sum(bool(each.blocks) for each in resources)
    unknown = sum(each.kind == "unknown" for each in resources)
    words = [
        f"{stacks} {'stack' if stacks == 1 else 'stacks'}",
        f"{len(resources) - stays} {'resource' if len(resources) - stays == 1 else 'resources'} to delete",
    ]
    told = f"{', '.join(words)}, {stays} {'stays' if stays == 1 else 'stay'} in the account."
    pieces: list[str | Piece] = [Piece("Destroy: ", "bold"), told]
    pieces += [Piece(f" For {unknown} this is not known.", "yellow")] if unknown else []
    pieces += [Piece(f" Data is lost with {lost}.", "red")] if lost else []
    pieces += [Piece(f" The deletion of {fails} will fail.", "red")] if fails else []
    return line(*pieces, hang=2)


_ENDS: Mapping[str, tuple[str, Style]] = {
    "planned": ("would be deleted", "cyan"),
    "deleted": ("deleted", "green"),
    "absent": ("not deployed", "green"),
    "declined": ("declined, nothing was changed", "yellow"),
    "failed": ("not deleted", "red"),
    "skipped": ("skipped", "yellow"),
    "interrupted": ("interrupted", "red"),
}


def end_lines(result: Destroyed, again: str, flags: str = "") -> Iterator[Line]:
    """How it ended for one stack, and what to do next.

    Arguments:
        again: the command that goes on.
        flags: the options that it needs, too.
    """
    word, style = _ENDS[result.result]
    yield line(Piece(result.stack, "bold"), ": ", Piece(word, style))
    for failure in result.failures:
        what = f"{failure.logical_id} ({failure.type}): " if failure.logical_id and failure.type else ""
        yield line(f"{what}{failure.reason}", indent=2)
        if failure.remedy:
            yield line(failure.remedy, indent=4)
    if result.state:
        yield line(result.state, indent=2)
    for warning in result.warnings:
        yield line(Piece("warning: ", "yellow"), warning, indent=2)
    failed = [failure.logical_id for failure in result.failures if failure.logical_id]
    if result.status == "DELETE_FAILED" and failed:
        retain = " ".join(f"--retain {name}" for name in failed)
        yield line("correct the cause and run this again, or leave the resource in the account:", indent=2)
        yield line(f"{again} {retain}{flags}", indent=4)
    elif result.result == "interrupted":
        yield line(f"go on with: {again}{flags}", indent=2)
