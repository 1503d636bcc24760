"""The claims about the cells of the matrix: what the stacks promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cfngen.report.access.model import Cell, ClaimLink, Matrix, Principal
from cfngen.report.access.patterns import matches
from cfngen.verify.claims import Claim


def with_claims(matrix: Matrix, claims: Iterable[Claim]) -> Matrix:
    """The matrix, each cell with the claims about an action of it.

    A claim about an action that no cell shows is about none of them.
    """
    rows = {row.id: row for row in matrix.principals}
    cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in matrix.cells.values():
        who = rows[cell.principal].arn or "anonymous"
        for action in {use.action.lower() for use in cell.uses}:
            cells[who, action].append(cell)
    found: dict[tuple[str, str, str], list[ClaimLink]] = defaultdict(list)
    for claim in claims:
        if claim.kind != "permission":
            continue
        given = claim.given
        for cell in cells.get((str(given.get("principal")), str(given.get("action")).lower()), ()):
            if _as_held(rows[cell.principal], given) and _about(cell, given):
                link = ClaimLink(claim.stack, claim.name, claim.says, given["action"], bool(given["allowed"]))
                found[cell.principal, cell.resource, cell.kind].append(link)
    changed = {key: replace(matrix.cells[key], claims=tuple(links)) for key, links in found.items()}
    return replace(matrix, cells={**matrix.cells, **changed})


def _as_held(row: Principal, given: Mapping[str, Any]) -> bool:
    """Whether the claim is about the row with the policies that it holds."""
    return row.kind not in {"role", "user"} or given.get("holds", "stack") == "stack"


def _about(cell: Cell, given: Mapping[str, Any]) -> bool:
    resource = str(given.get("resource"))
    return any(
        use.action.lower() == str(given["action"]).lower() and matches(use.resource, resource)
        for use in cell.uses
    )
