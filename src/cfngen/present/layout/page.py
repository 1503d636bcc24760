"""A page of changes: what is where, a line for each stack, each changed stack in detail, the sums.

Every command that changes an account or compares templates fills these classes and shows `page_lines`.
Symbols and words say the same as the colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from cfngen.present.layout.cells import cells
from cfngen.present.layout.lines import EMPTY, Line, Piece, line
from cfngen.present.style import Style

Action = Literal[
    "add",
    "import",
    "change",
    "replace",
    "maybe-replace",
    "delete",
    "remove",
    "keep",
    "impossible",
    "nothing",
]


class Mark(NamedTuple):
    """How an action is shown.

    Attributes:
        word: what stands beside the name; empty where the symbol says all.
        sum: what stands after the number in the sums.
    """

    symbol: str
    word: str
    sum: str
    style: Style


MARKS: Final[dict[Action, Mark]] = {
    "add": Mark("+", "", "to add", "green"),
    "import": Mark("+", "import", "to import", "cyan"),
    "change": Mark("~", "", "to change", "yellow"),
    "replace": Mark("-/+", "replace", "to replace", "red"),
    "maybe-replace": Mark("-/+", "maybe replace", "maybe to replace", "yellow"),
    "delete": Mark("-", "delete", "to delete", "red"),
    "remove": Mark("-", "", "to remove", "dim"),
    "keep": Mark("-", "stays in the account, outside of the stack", "to leave in the account", "yellow"),
    "impossible": Mark("!", "impossible", "that cannot be done", "red"),
    "nothing": Mark("~", "no effect", "without effect", "dim"),
}

_ALWAYS: Final[tuple[Action, ...]] = ("add", "change", "replace", "delete")
_SYMBOLS: Final = 4  # columns of the widest symbol and a space
_NAMES: Final = 3
"""Things of one type that come or go and are shown in a line each; more of them share one."""

_FEW: Final = 6
"""Names of one type that are shown; `full` shows all."""


IN_SHORT: Final = "What is new is shown in short; --full lists all of it, every permission too."


class Value(NamedTuple):
    """A value before and after; None where there is none."""

    name: str
    before: str | None
    after: str | None
    note: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that changes.

    Attributes:
        kind: its type, such as `AWS::S3::Bucket`, or `parameter`.
        values: what differs.
        sentences: what follows from it.
        certain: False where only a deployment can tell.
        loses_data: whether data goes with it.
        blocked: why it is refused, and the option that allows it.
        counted: whether it is one of the resources that the sums count.
    """

    action: Action
    name: str
    kind: str = ""
    values: tuple[Value, ...] = ()
    sentences: tuple[str, ...] = ()
    certain: bool = True
    loses_data: bool = False
    blocked: str = ""
    counted: bool = True


@dataclass(frozen=True)
class Permissions:
    """How many permissions become wider and narrower, and how many of each belong to what is new."""

    wider: int = 0
    narrower: int = 0
    maybe: int = 0
    new: int = 0

    def __add__(self, other: Permissions) -> Permissions:
        pairs = zip(self._all, other._all, strict=True)
        return Permissions(*(one + another for one, another in pairs))

    @property
    def _all(self) -> tuple[int, int, int, int]:
        return self.wider, self.narrower, self.maybe, self.new


@dataclass(frozen=True)
class Block:
    """One stack.

    Attributes:
        versions: `1.0.0 -> 1.1.0`, or the one version.
        state: a word for the summary, such as `new` or `failed`.
        state_style: of that word.
        details: lines below the items, such as the permissions; their indent counts from the block's.
        full: whether everything that is added is named.
    """

    stack: str
    versions: str = ""
    state: str = ""
    state_style: Style | None = None
    items: tuple[Item, ...] = ()
    permissions: Permissions = field(default_factory=Permissions)
    details: tuple[Line, ...] = ()
    blocked: bool = False
    full: bool = False


@dataclass(frozen=True)
class Page:
    """What is shown.

    Attributes:
        head: where: `place(...)`, or what is compared.
        same: the stacks of which nothing changes, or how many with what else is to be said.
        sums: the word before the sums; empty for none.
        end: lines after the sums, such as the next command.
    """

    head: str
    blocks: tuple[Block, ...] = ()
    same: tuple[str, ...] = ()
    same_words: str = "no change"
    sums: str = "Plan"
    end: tuple[Line, ...] = ()


def place(environment: str, account: str, region: str) -> str:
    """
    >>> place("dev", "111122223333", "eu-west-1")
    'dev · account 111122223333 · eu-west-1'
    """
    return f"{environment} · account {account} · {region}"


def page_lines(page: Page) -> Iterator[Line]:
    """All lines of a page."""
    yield line(Piece(page.head, "bold"))
    yield from _summary(page)
    for block in page.blocks:
        yield EMPTY
        yield from block_lines(block)
    if page.sums:
        yield EMPTY
        yield sums_line(page.sums, page.blocks)
    if any(block.permissions.new and not block.full for block in page.blocks):
        yield line(IN_SHORT)
    yield from page.end


def block_lines(block: Block) -> Iterator[Line]:
    """One stack in detail: its name, its items, everything else."""
    state = (Piece(f"  {block.state}", block.state_style),) if block.state else ()
    yield line(Piece(block.stack, "bold"), f"  {block.versions}" if block.versions else "", *state)
    others = [item for item in block.items if not _plain(item)]
    for item in others:
        yield from item_lines(item)
    for action in ("add", "delete"):
        alike = [item for item in block.items if _plain(item) and item.action == action]
        apart = bool(others) or len(alike) <= _NAMES or action == "delete"
        if alike:
            yield from _together(alike, apart=apart, full=block.full or action == "delete")
    yield from (each._replace(indent=each.indent + 2, hang=each.hang + 2) for each in block.details)


def item_lines(item: Item) -> Iterator[Line]:
    """One item: its symbol and name, its values, its consequences."""
    mark = MARKS[item.action]
    words = mark.word + ("" if item.certain or item.action == "maybe-replace" else " (maybe)")
    pieces = [Piece(f"{mark.symbol:<{_SYMBOLS}}", mark.style), Piece(item.name, "bold")]
    pieces += [Piece(f"  {item.kind}", "dim")] if item.kind else []
    pieces += [Piece(f"  {words.strip()}", mark.style)] if words else []
    pieces += [Piece("  DATA LOSS", "red")] if item.loses_data else []
    yield line(*pieces, indent=2, hang=2 + _SYMBOLS + 2)
    for value in item.values:
        yield value_line(value)
    for sentence in item.sentences:
        yield line(sentence, indent=8)
    if item.blocked:
        yield line(Piece("BLOCKED", "red"), f": {item.blocked}", indent=8)


def value_line(value: Value, indent: int = 8) -> Line:
    """A value's name, what it was and what it becomes."""
    pieces: list[str | Piece] = [f"{value.name}  " if value.name else ""]
    if value.before is None and value.after is None:
        pieces = [value.name]
    elif value.before is None:
        pieces += [Piece(f"+ {value.after}", "green")]
    elif value.after is None:
        pieces += [Piece(f"- {value.before}", "red")]
    else:
        pieces += [Piece(value.before, "red"), " -> ", Piece(value.after, "green")]
    pieces += [f"{', ' if len(pieces) > 1 else ': '}{value.note}"] if value.note else []
    return line(*pieces, indent=indent)


def sums_line(word: str, blocks: Sequence[Block]) -> Line:
    """How much of everything: resources by action, permissions, refusals.

    >>> from cfngen.present.style import Plain
    >>> from cfngen.present.layout.lines import text_of
    >>> print(text_of([sums_line("Plan", [Block("a", items=(Item("add", "B"),))])], Plain(), 100))
    Plan: 1 to add, 0 to change, 0 to replace, 0 to delete. Permissions: 0 wider, 0 narrower.
    """
    numbers = _numbers(block.items for block in blocks)
    counted = [f"{numbers[action]} {MARKS[action].sum}" for action in MARKS if _shown(action, numbers)]
    permissions = sum((block.permissions for block in blocks), Permissions())
    told = f" Permissions: {permission_words(permissions)}."
    blocked = sum(block.blocked for block in blocks)
    stop = [Piece(f" {blocked} blocked.", "red")] if blocked else []
    return line(Piece(f"{word}: ", "bold"), f"{', '.join(counted)}.{told}", *stop, hang=2)


def permission_words(permissions: Permissions) -> str:
    """
    >>> permission_words(Permissions(3, 1, new=3))
    '3 wider, 1 narrower, 3 of these of new resources'
    """
    words = [f"{permissions.wider} wider"]
    words += [f"{permissions.maybe} maybe wider"] if permissions.maybe else []
    words += [f"{permissions.narrower} narrower"]
    every = permissions.wider + permissions.narrower + permissions.maybe
    if permissions.new:
        of_new = "all" if permissions.new == every else f"{permissions.new} of these"
        words += [f"{of_new} of new resources"]
    return ", ".join(words)


def _summary(page: Page) -> Iterator[Line]:
    """A line for each stack, in columns; the stacks without a change in one."""
    if page.blocks:
        names = max(cells(block.stack) for block in page.blocks) + 2
        versions = max(cells(block.versions) for block in page.blocks)
        versions += 2 if versions else 0
        for block in page.blocks:
            pieces = [
                Piece(block.stack + " " * (names - cells(block.stack))),
                Piece(block.versions + " " * (versions - cells(block.versions))),
                Piece(block.state, block.state_style),
                Piece((", " if block.state else "") + _words(block) if _words(block) else ""),
                Piece("   BLOCKED" if block.blocked else "", "red"),
            ]
            yield line(*pieces, indent=2, hang=2 + names)
    if page.same:
        many = page.same[0] if len(page.same) == 1 else f"{len(page.same)} stacks"
        yield line(f"{many}: {page.same_words}", indent=2)


def _words(block: Block) -> str:
    """What changes in a stack, shortly."""
    numbers = _numbers([block.items])
    words = [f"{number} {MARKS[action].sum}" for action, number in numbers.items() if number]
    others = sum(not item.counted for item in block.items)
    words += [f"{others} other changes" if others > 1 else "1 other change"] if others and not words else []
    of = block.permissions
    if of.new < of.wider + of.narrower + of.maybe:
        words += [f"{of.wider} wider"] if of.wider and not of.new else []
        words += [f"permissions: {permission_words(of)}"] if of.new else []
        words += [f"{of.maybe} maybe wider"] if of.maybe and not of.new else []
        words += [f"{of.narrower} narrower"] if of.narrower and not of.new else []
    return ", ".join(words)


def _numbers(several: Iterable[Iterable[Item]]) -> dict[Action, int]:
    numbers = dict.fromkeys(MARKS, 0)
    for items in several:
        for item in items:
            if item.counted:
                numbers[item.action] += 1
    return numbers


def _shown(action: Action, numbers: dict[Action, int]) -> bool:
    return action in _ALWAYS or numbers[action] > 0


def _plain(item: Item) -> bool:
    """Whether all that is to be said is that it comes or goes."""
    told = item.values or item.sentences or item.blocked or item.loses_data or not item.certain
    return item.action in {"add", "delete"} and not told


def _together(items: Sequence[Item], *, apart: bool, full: bool) -> Iterator[Line]:
    """Things of which there is no more to say, by type.

    Arguments:
        apart: a line for each thing, and for each type with many; otherwise one for all.
        full: name everything.
    """
    types: dict[str, list[Item]] = {}
    for item in items:
        if item.counted or full:
            types.setdefault(item.kind, []).append(item)
    mark = MARKS[items[0].action]
    head = Piece(f"{mark.symbol:<{_SYMBOLS}}", mark.style)
    if apart or full:
        for kind, some in types.items():
            if len(some) <= _NAMES:
                for item in some:
                    yield from item_lines(item)
            else:
                yield line(head, *_of_type(kind, some, full=full), indent=2, hang=8)
    elif types:
        several = [_of_type(kind, some, full=full) for kind, some in types.items()]
        joined = [piece for some in several for piece in (Piece(", "), *some)]
        yield line(head, *joined[1:], indent=2, hang=6)
    others = Counter(item.kind or item.name for item in items if not (item.counted or full))
    if others:
        told = ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for word, number in others.items())
        yield line(head, Piece(f"{told} (--full names them)", "dim"), indent=2, hang=6)


def _of_type(kind: str, items: Sequence[Item], *, full: bool) -> list[Piece]:
    """How many of a type, and their names; of very many the first."""
    names = [item.name for item in items]
    if len(names) > _FEW and not full:
        names = [*names[: _FEW - 1], f"and {len(names) - _FEW + 1} more"]
    number = f"{len(items)} " if len(items) > 1 else ""
    return [Piece(f"{number}{kind} ", "dim"), Piece(f"({', '.join(names)})")]
