"""How each kind of claim is checked: one module a kind, with `check` and the IAM actions that it `NEEDS`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict
from cfngen.verify.world import World

Check = Callable[[Claim, World], Verdict]


def check_of(kind: str) -> Check:
    """The check of a kind of claim."""
    found: Check = import_module(f"cfngen.verify.checks.{kind}").check
    return found


def needs_of(kind: str) -> tuple[str, ...]:
    """The IAM actions that a kind of claim needs, besides those that read the stacks."""
    found: tuple[str, ...] = import_module(f"cfngen.verify.checks.{kind}").NEEDS
    return found
