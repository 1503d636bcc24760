"""The access matrix: who may do what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Verdict = Literal["allowed", "conditional", "depends", "denied"]
"""`conditional`: the conditions of the policies decide; `depends`: what is not known here decides."""

RANK: Mapping[Verdict, int] = {"allowed": 3, "conditional": 2, "depends": 1, "denied": 0}

PrincipalKind = Literal["role", "user", "group", "service", "federated", "administrator", "anyone"]
"""`administrator`: whoever no stack makes, shown as one who holds every permission in its own account."""


@dataclass(frozen=True)
class Principal:
    """A row.

    Attributes:
        id: of the row, such as `audit-trail/DeliveryRole` or `cloudtrail.amazonaws.com`.
        label: for people.
        arn: how policies name it; empty for anyone.
        stack: that makes it; empty for one from outside.
    """

    id: str
    kind: PrincipalKind
    label: str
    arn: str
    stack: str = ""
    logical_id: str = ""


@dataclass(frozen=True)
class AccessedResource:
    """A column.

    Attributes:
        id: `audit-trail/TrailBucket`.
        type: the resource type.
        label: the physical name where it is known, else the logical id.
        kinds: the kinds of use that the type knows, in order.
        members: where one column stands for several resources with the same cells: their logical ids.
    """

    id: str
    stack: str
    logical_id: str
    type: str
    label: str
    arn: str
    kinds: tuple[str, ...]
    members: tuple[str, ...] = ()


class Proof(NamedTuple):
    """A statement that decides.

    Attributes:
        effect: `Allow` or `Deny`.
        stack: that has the policy; empty where no stack here has it.
        logical_id: the resource that has the policy.
        policy: the AWS managed policy or the inline policy's name; empty where the resource is the policy.
        statement: its Sid, or `statement 2`, counted from 1.
        part: `identity`, `resource`, `trust` or `boundary`.
        limits: under which it applies, one text for each condition.
    """

    effect: Literal["Allow", "Deny"]
    stack: str
    logical_id: str
    policy: str
    statement: str
    part: str
    limits: tuple[str, ...] = ()


class Use(NamedTuple):
    """One action in a cell.

    Attributes:
        action: such as `s3:GetObject`.
        resource: the ARN that it is asked for, `*` for any name.
        proofs: the statements that allow, each with what limits it, and those that deny.
        because: why it depends, or is denied without a statement; empty otherwise.
    """

    action: str
    resource: str
    verdict: Verdict
    proofs: tuple[Proof, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class ClaimLink:
    """A claim of out/<stack>.claims.json about the cell.

    Attributes:
        allowed: what it claims.
    """

    stack: str
    name: str
    says: str
    action: str
    allowed: bool


class Cell(NamedTuple):
    """One kind of use of one resource by one principal.

    Attributes:
        verdict: the widest of its actions.
        mixed: whether its actions do not all come out the same.
    """

    principal: str
    resource: str
    kind: str
    verdict: Verdict
    uses: tuple[Use, ...]
    claims: tuple[ClaimLink, ...] = ()

    @property
    def mixed(self) -> bool:
        return len({use.verdict for use in self.uses}) > 1


@dataclass(frozen=True)
class Matrix:
    """All rows, all columns, and a cell for each kind of use, denied ones included."""

    principals: tuple[Principal, ...]
    resources: tuple[AccessedResource, ...]
    cells: Mapping[tuple[str, str, str], Cell] = field(repr=False)

    def cell(self, principal: str, resource: str, kind: str) -> Cell:
        """The cell of a row, a column and a kind of use.

        Raises:
            KeyError: there is none.
        """
        return self.cells[principal, resource, kind]

    def of(self, principal: str, resource: str) -> Iterator[Cell]:
        """The cells of a row and a column, in the order of the column's kinds."""
        kinds = next(each.kinds for each in self.resources if each.id == resource)
        return (self.cells[principal, resource, kind] for kind in kinds)
