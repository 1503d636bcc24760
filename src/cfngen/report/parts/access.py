"""Who may do what: one table for each stack, each cell with what decides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from cfngen.report.access.model import (
    RANK,
    AccessedResource,
    Cell,
    ClaimLink,
    Matrix,
    Principal,
    Proof,
    Verdict,
)


class Told(NamedTuple):
    """Actions that come out the same, for the same reasons, and the kinds of use that they are of."""

    kinds: tuple[str, ...]
    verdict: Verdict
    actions: tuple[str, ...]
    proofs: tuple[Proof, ...]
    because: str


@dataclass(frozen=True)
class Pair:
    """One resource, and the principals that may do the same with it for the same reasons.

    Attributes:
        number: of the pair on the page.
        cells: one for each kind of use; of the first principal.
        claims: those about any of the principals.
    """

    number: int
    principals: tuple[Principal, ...]
    resource: AccessedResource
    cells: tuple[Cell, ...]
    claims: tuple[ClaimLink, ...]

    @property
    def verdict(self) -> Verdict:
        """The widest."""
        return max((cell.verdict for cell in self.cells), key=RANK.__getitem__)

    @property
    def told(self) -> tuple[Told, ...]:
        """What is allowed, on conditions or without, and why; what a statement denies of the same."""
        cells = [cell for cell in self.cells if cell.verdict != "denied"]
        return tuple(told for told in _told(cells) if told.verdict != "denied" or told.proofs)

    @property
    def denied(self) -> tuple[str, ...]:
        """The kinds of use that are denied."""
        return tuple(cell.kind for cell in self.cells if cell.verdict == "denied")

    @property
    def denied_actions(self) -> tuple[str, ...]:
        """The actions of the other kinds that no statement allows."""
        cells = [cell for cell in self.cells if cell.verdict != "denied"]
        unsaid = [told for told in _told(cells) if told.verdict == "denied" and not told.proofs]
        return tuple(action for told in unsaid for action in told.actions)


@dataclass(frozen=True)
class AccessRow:
    """The access of principals to the resources of a stack, in the order of the columns.

    Attributes:
        principals: all that have the same access for the same reasons.
    """

    principals: tuple[Principal, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class KeptOut:
    """A statement that denies, and whom it keeps from what, who could do it otherwise or not."""

    resource: AccessedResource
    kinds: tuple[str, ...]
    actions: tuple[str, ...]
    proofs: tuple[Proof, ...]
    principals: tuple[Principal, ...]


@dataclass(frozen=True)
class StackAccess:
    """The access to the resources of one stack.

    Attributes:
        columns: the resources.
        rows: the principals that may do something.
        denied: the principals that may do nothing here.
        kept_out: the statements that deny.
        claims: those that say that something is denied.
    """

    stack: str
    columns: tuple[AccessedResource, ...]
    rows: tuple[AccessRow, ...]
    denied: tuple[Principal, ...]
    kept_out: tuple[KeptOut, ...]
    claims: tuple[ClaimLink, ...]


@dataclass(frozen=True)
class Access:
    """The part.

    Attributes:
        by_resource: who may do something with a resource, by its id; for the drawing.
        undecided: the cells that depend on what no template says.
    """

    principals: int
    resources: int
    stacks: tuple[StackAccess, ...]
    by_resource: Mapping[str, tuple[Pair, ...]]
    undecided: tuple[Cell, ...]

    @property
    def claims(self) -> Iterator[ClaimLink]:
        """Every claim that is told."""
        for stack in self.stacks:
            yield from stack.claims
            for row in stack.rows:
                for pair in row.pairs:
                    yield from pair.claims


def access(matrix: Matrix) -> Access:
    """The part, from the matrix of the environment."""
    by_stack: dict[str, list[AccessedResource]] = {}
    for resource in matrix.resources:
        by_stack.setdefault(resource.stack, []).append(resource)
    numbers = count(1)
    stacks = tuple(_stack(matrix, name, tuple(columns), numbers) for name, columns in by_stack.items())
    may: dict[str, list[Pair]] = {}
    for stack in stacks:
        for row in stack.rows:
            for pair in row.pairs:
                if pair.verdict != "denied":
                    may.setdefault(pair.resource.id, []).append(pair)
    return Access(
        len(matrix.principals),
        sum(len(resource.members) or 1 for resource in matrix.resources),
        stacks,
        {name: tuple(pairs) for name, pairs in may.items()},
        tuple(cell for cell in matrix.cells.values() if cell.verdict == "depends"),
    )


def _stack(
    matrix: Matrix, name: str, columns: tuple[AccessedResource, ...], numbers: Iterator[int]
) -> StackAccess:
    alike: dict[tuple[object, ...], list[Principal]] = {}
    for principal in matrix.principals:
        key = tuple(tuple(_told(matrix.of(principal.id, column.id))) for column in columns)
        alike.setdefault(key, []).append(principal)
    rows = [
        AccessRow(tuple(group), tuple(_pair(matrix, group, column, next(numbers)) for column in columns))
        for group in alike.values()
    ]
    pairs = [pair for row in rows for pair in row.pairs]
    denied = [row for row in rows if all(pair.verdict == "denied" for pair in row.pairs)]
    return StackAccess(
        name,
        columns,
        tuple(row for row in rows if row not in denied),
        tuple(principal for row in denied for principal in row.principals),
        tuple(_kept_out(pairs)),
        tuple(dict.fromkeys(claim for pair in pairs if pair.verdict == "denied" for claim in pair.claims)),
    )


def _pair(matrix: Matrix, group: list[Principal], column: AccessedResource, number: int) -> Pair:
    claims = [
        claim for principal in group for cell in matrix.of(principal.id, column.id) for claim in cell.claims
    ]
    return Pair(
        number,
        tuple(group),
        column,
        tuple(matrix.of(group[0].id, column.id)),
        tuple(dict.fromkeys(claims)),
    )


def _kept_out(pairs: list[Pair]) -> Iterator[KeptOut]:
    found: dict[tuple[str, Told], list[Pair]] = {}
    for pair in pairs:
        for told in _told(pair.cells):
            if told.verdict == "denied" and told.proofs:
                found.setdefault((pair.resource.id, told), []).append(pair)
    for (_, told), kept in found.items():
        yield KeptOut(
            kept[0].resource,
            told.kinds,
            told.actions,
            told.proofs,
            tuple(principal for pair in kept for principal in pair.principals),
        )


def _told(cells: Iterable[Cell]) -> Iterator[Told]:
    alike: dict[tuple[Verdict, tuple[Proof, ...], str], list[tuple[str, str]]] = {}
    for cell in cells:
        for use in cell.uses:
            alike.setdefault((use.verdict, use.proofs, use.because), []).append((cell.kind, use.action))
    for (verdict, proofs, because), uses in alike.items():
        kinds = tuple(dict.fromkeys(kind for kind, _ in uses))
        yield Told(kinds, verdict, tuple(dict.fromkeys(action for _, action in uses)), proofs, because)
