"""The access matrix of one environment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cfngen.report.access.account import AccountPolicies, account
from cfngen.report.access.actions import KINDS, asked, can_ask
from cfngen.report.access.claims import with_claims
from cfngen.report.access.model import (
    RANK,
    AccessedResource,
    Cell,
    Matrix,
    Principal,
    Use,
)
from cfngen.report.access.situations import Uses
from cfngen.report.view import View

_FEWEST = 3
"""So many resources of one type, with the same cells, are one column."""


def matrix(view: View, *, whole: bool = False) -> Matrix:
    """Every principal's access to every resource whose type is known.

    Arguments:
        whole: a column for each resource, even where many of one type have the same cells.
    """
    here = account(view)
    rows = tuple(principals(here))
    columns = list(_resources(view))
    wanted = {
        column.id: {
            kind: [(each, asked(each, column.arn)) for each in actions]
            for kind, actions in KINDS[column.type].items()
        }
        for column in columns
    }
    may = Uses(here)
    cells: dict[tuple[str, str, str], Cell] = {}
    for row in rows:
        for column in columns:
            for kind, actions in wanted[column.id].items():
                uses = tuple(
                    may.of(row, each.name, pattern) for each, pattern in actions if can_ask(row, each)
                )
                widest = max((each.verdict for each in uses), key=RANK.__getitem__)
                cells[row.id, column.id, kind] = Cell(row.id, column.id, kind, widest, uses)
    found = with_claims(Matrix(rows, tuple(columns), cells), view.claims)
    return found if whole else _merged(found)


def principals(here: AccountPolicies) -> Iterator[Principal]:
    """The rows: the stacks' roles, users and groups, then whoever their policies name, then the outsiders."""
    yield from sorted(here.principals.values(), key=lambda each: each.id)
    named: dict[tuple[str, str], None] = {}
    for guard in here.guards.values():
        for statement in guard:
            if statement.effect == "Allow" and not statement.but_principals:
                named.update(dict.fromkeys(statement.principals))
            for test in statement.tests:
                if test.key.lower() == "aws:principalarn":
                    named.update(dict.fromkeys(("AWS", value) for value in test.values if "*" not in value))
    for kind, name in sorted(named):
        if kind == "Service":
            yield Principal(name, "service", name, name)
        elif kind == "Federated":
            yield Principal(name, "federated", name, name)
        elif kind == "AWS" and ":role/" in name and name not in here.principals:
            yield Principal(name, "administrator", name.rpartition("/")[2], name)
    yield here.outside("administrator")
    yield here.outside("foreign administrator")
    yield Principal("anyone", "anyone", "anyone", "")


def _resources(view: View) -> Iterator[AccessedResource]:
    for stack, logical_id, body in view.resources():
        kinds = KINDS.get(str(body.get("Type")))
        arn = view.arn(stack, logical_id, body)
        if kinds and not arn.startswith("<"):
            name = view.name(stack, logical_id, body)
            label = logical_id if "<" in name or name.startswith("arn:") else name
            yield AccessedResource(
                f"{stack}/{logical_id}", stack, logical_id, str(body["Type"]), label, arn, tuple(kinds)
            )


def _merged(found: Matrix) -> Matrix:
    """The matrix with one column for many resources that have the same cells."""
    of_type = Counter((column.stack, column.type) for column in found.resources)
    alike: dict[tuple[object, ...], list[AccessedResource]] = defaultdict(list)
    for column in found.resources:
        if of_type[column.stack, column.type] < _FEWEST:
            alike[(column.id,)].append(column)
            continue
        cells = tuple(
            (found.cells[row.id, column.id, kind].verdict, _shape(found.cells[row.id, column.id, kind].uses))
            for row in found.principals
            for kind in column.kinds
        )
        alike[column.stack, column.type, cells].append(column)
    columns: list[AccessedResource] = []
    gone: set[str] = set()
    for members in alike.values():
        if len(members) < _FEWEST:
            columns += members
            continue
        first = members[0]
        columns.append(replace(first, members=tuple(each.logical_id for each in members)))
        gone |= {each.id for each in members[1:]}
    order = {column.id: number for number, column in enumerate(found.resources)}
    columns.sort(key=lambda column: order[column.id])
    cells_left = {key: cell for key, cell in found.cells.items() if key[1] not in gone}
    return Matrix(found.principals, tuple(columns), cells_left)


def _shape(uses: Iterable[Use]) -> tuple[object, ...]:
    return tuple((each.action, each.verdict, each.because, each.proofs) for each in uses)
