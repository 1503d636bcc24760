"""What became of stacks, as text and as JSON: the same for plan and deploy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfngen.aws.session import Account
from cfngen.deploy.changeset.effect import Effect
from cfngen.deploy.outcome import Failure, StackResult
from cfngen.deploy.status import StackStatus
from cfngen.present import FORMAT_VERSION
from cfngen.present.differences import text
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.document import stack_document
from cfngen.present.layout.lines import EMPTY, Line, Piece, line
from cfngen.present.layout.page import IN_SHORT, Block, Page, block_lines, place, sums_line
from cfngen.present.style import Style

ALLOW_REPLACE: Final = "--allow-replace"
"""The option of `deploy` that accepts a blocked change."""


def document(results: Sequence[StackResult], account: Account, environment: str) -> dict[str, Any]:
    """The JSON of plan and deploy, in the format of `deploy.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "account": account.id,
        "region": account.region,
        "stacks": [_entry(result, environment) for result in results],
    }


def _entry(result: StackResult, environment: str) -> dict[str, Any]:
    failure = result.failure
    compared = stack_document(_difference(result, environment))
    return {
        "stack": result.stack,
        "stack_name": result.stack_name,
        "result": result.result,
        "status": result.status or None,
        "from_version": result.from_version,
        "to_version": result.to_version,
        "change_set": result.change_set,
        "url": result.url,
        "changes": [_change(change, result.effect) for change in compared["changes"]],
        "permissions": compared["permissions"],
        "outputs": dict(result.outputs),
        "failure": failure and _failure(failure),
        "blocked": result.blocked and _failure(result.blocked),
        "state": result.state,
        "warnings": list(result.warnings),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    document: dict[str, Any] = {
        "logical_id": failure.logical_id,
        "type": failure.type or None,
        "reason": failure.reason,
        "remedy": failure.remedy,
    }
    return document | ({"also": [_failure(other) for other in failure.also]} if failure.also else {})


def _change(change: dict[str, Any], effect: Effect) -> dict[str, Any]:
    """A change of a template as one of a stack: whether it is an import, what becomes of the old resource."""
    of_resource = change["section"] == "Resources"
    action = "import" if of_resource and change["logical_id"] in effect.imported else change["action"]
    policy_action = effect.policy_actions.get(change["logical_id"]) if of_resource else None
    return {**change, "action": action, "policy_action": policy_action}


def _difference(result: StackResult, environment: str) -> Difference:
    new = StackStatus(result.status).creatable
    deployed = "" if new else f"what is deployed as {result.stack_name}"
    comparison = result.effect.comparison
    return Difference(result.stack, deployed, result.from_version, result.to_version, comparison, environment)


def plan_page(
    results: Sequence[StackResult],
    account: Account,
    environment: str,
    *,
    full: bool,
    end: Sequence[Line] = (),
) -> Page:
    """What `plan` shows: every stack that changes or cannot be planned in detail, the others in one line."""
    return Page(
        place(environment, account.id, account.region),
        tuple(
            plan_block(result, environment, full=full) for result in results if result.result != "no-change"
        ),
        tuple(result.stack for result in results if result.result == "no-change"),
        end=tuple(end),
    )


def plan_block(result: StackResult, environment: str, *, full: bool) -> Block:
    """What a change set does to its stack, or why there is none."""
    state, more = None, [line(Piece("warning: ", "yellow"), warning) for warning in result.warnings]
    if result.result != "planned":
        state, more = (
            _ENDS[result.result],
            list(_why(result, f"cfngen plan {result.stack} --env {environment}")),
        )
    elif result.effect.comparison.same:
        state = ("only settings of the stack itself", "yellow")
    if full and result.change_set:
        more += [line(f"change set {result.change_set}")]
        more += [line(f"console: {result.url}")] if result.url else []
    return text.block(
        _difference(result, environment),
        full=full,
        imported=result.effect.imported,
        blocked=_blocked(result.blocked),
        state=state,
        more=more,
    )


def plan_lines(result: StackResult, environment: str, *, full: bool) -> Iterator[Line]:
    """One stack's plan by itself, before it is executed."""
    block = plan_block(result, environment, full=full)
    yield from (EMPTY, *block_lines(block), sums_line("Plan", [block]))
    if block.permissions.new and not full:
        yield line(IN_SHORT)


def accepting(results: Iterable[StackResult]) -> str:
    """The options that let `deploy` execute what it refuses otherwise, each after a space."""
    names = [name for result in results for name in _blocked(result.blocked)]
    return "".join(f" {ALLOW_REPLACE} {name}" for name in names)


def _blocked(refusal: Failure | None) -> dict[str, str]:
    """By logical id, why its change is refused."""
    if refusal is None or refusal.remedy is None:
        return {}
    names = re.findall(rf"{ALLOW_REPLACE} (\S+)", refusal.remedy)
    return {name: f"protected; allow it with {ALLOW_REPLACE} {name}" for name in names}


def end_lines(result: StackResult, again: str, seconds: float | None = None) -> Iterator[Line]:
    """How it ended, and what to do next.

    Arguments:
        again: the command that goes on after an interruption.
        seconds: how long it took.
    """
    word, style = _ENDS[result.result]
    took = "" if seconds is None else f" after {seconds:.0f} s"
    yield line(Piece(result.stack, "bold"), ": ", Piece(word, style), took)
    yield from (each._replace(indent=2, hang=4) for each in _why(result, again))
    for warning in result.warnings:
        yield line(Piece("warning: ", "yellow"), warning, indent=2)


def output_lines(results: Iterable[StackResult]) -> Iterator[Line]:
    """The outputs of every stack that has some."""
    for result in results:
        if result.outputs:
            yield line(Piece(result.stack, "bold"))
            yield from (line(f"{name} = {value}", indent=2) for name, value in result.outputs.items())


def result_table(results: Sequence[StackResult], seconds: Mapping[str, float]) -> Iterator[Line]:
    """Stack, result, version and seconds, a line a stack.

    Arguments:
        seconds: how long each stack took; none of those that were not begun.
    """
    rows = [("stack", "result", "version", "seconds")]
    for result in results:
        word, _ = _ENDS[result.result]
        took = f"{seconds[result.stack]:.0f}" if result.stack in seconds else ""
        rows.append((result.stack, word, result.to_version or "", took))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        stack, word, version, took = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        style = _ENDS[results[number - 1].result][1] if number else None
        head: Style | None = None if number else "bold"
        yield line(
            Piece(f"{stack}  ", head),
            Piece(word, style or head),
            Piece(f"  {version}  {took.strip():>7}", head),
        )


def _why(result: StackResult, again: str) -> Iterator[Line]:
    """Why it did not end as it was asked for, and what to do about it."""
    failure = result.failure
    if failure is not None and result.result != "interrupted":
        for each in (failure, *failure.also):
            what = f"{each.logical_id} ({each.type}): " if each.logical_id and each.type else ""
            yield line(f"{what}{each.reason}")
    elif failure is not None and failure.reason != "interrupted":
        yield line(failure.reason)
    if result.state:
        yield line(result.state)
    if failure is not None and failure.remedy:
        yield line(failure.remedy)
    if result.result == "interrupted":
        yield line(f"go on with: {again}")


_ENDS: dict[str, tuple[str, Style]] = {
    "no-change": ("nothing to change", "green"),
    "planned": ("planned", "cyan"),
    "deployed": ("deployed", "green"),
    "declined": ("declined, nothing was changed", "yellow"),
    "failed": ("failed", "red"),
    "rolled-back": ("failed and was rolled back", "red"),
    "skipped": ("skipped", "yellow"),
    "interrupted": ("interrupted", "red"),
}
