"""The builds leave their own stack, and the one of their roles, as people deployed it."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines

STACK_ID = "0f0e0d0c-0b0a-0908-0706-050403020100"


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    if not here.next:
        return []
    role = here.role("pipeline-deploy")
    may, may_not = lines(role)
    found = []
    for action in ("SetStackPolicy", "UpdateTerminationProtection"):
        call = f"cloudformation:{action}"
        found.append(may(f"protects a stack: {action}", role, call, _stack(here, "pod-roles")))
        found += [
            may_not(f"leaves {name} protected: {action}", role, call, _stack(here, name))
            for name in ("delivery-pipeline", "delivery-roles")
        ]
    return found


def _stack(here: Here, name: str) -> str:
    return here.arn("cloudformation", f"stack/P-{name}/{STACK_ID}")
