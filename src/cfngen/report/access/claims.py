"""The claims about the cells of the matrix: what the stacks promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cfngen.report.access.model import Cell, ClaimLink, Matrix, Principal
from cfngen.report.access.patterns import matches
from cfngen.verify.claims import Claim


def with_claims(matrix: Matrix, claims: Sequence[Claim]) -> Matrix:
    """The matrix, each cell with the claims about an action of it.

    A claim about an action that no cell shows is about none of them.
    """
    by_arn = {row.arn or "anonymous": row for row in matrix.principals}
    cells: dict[tuple[str, str], dict[int, Cell]] = defaultdict(dict)
    asked = {str(claim.given.get("principal")) for claim in claims if claim.kind == "permission"}
    wanted = {row.id for arn, row in by_arn.items() if arn in asked}
    for cell in matrix.cells.values():
        if cell.principal in wanted:
            for use in cell.uses:
                cells[cell.principal, use.action][id(cell)] = cell
    found: dict[tuple[str, str, str], list[ClaimLink]] = defaultdict(list)
    for claim in claims:
        given = claim.given
        row = by_arn.get(str(given.get("principal"))) if claim.kind == "permission" else None
        if row is None or not _as_held(row, given):
            continue
        for cell in cells[row.id, given["action"]].values():
            if _about(cell, given):
                link = ClaimLink(claim.stack, claim.name, claim.says, given["action"], bool(given["allowed"]))
                found[cell.principal, cell.resource, cell.kind].append(link)
    changed = {key: matrix.cells[key]._replace(claims=tuple(links)) for key, links in found.items()}
    return replace(matrix, cells={**matrix.cells, **changed})


def _as_held(row: Principal, given: Mapping[str, Any]) -> bool:
    """Whether the claim is about the row with the policies that it holds."""
    return row.kind not in {"role", "user"} or given.get("holds", "stack") == "stack"


def _about(cell: Cell, given: Mapping[str, Any]) -> bool:
    action, resource = str(given["action"]), str(given.get("resource"))
    return any(use.action == action and matches(use.resource, resource) for use in cell.uses)
