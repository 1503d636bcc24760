"""What proving a deployment costs, on the emulator: the same calls by hand, as many side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from benchmarks.figures.deploying import MISSING, deployable, emulator
from benchmarks.measure import Cost, pairs, run
from benchmarks.place import PROGRAMS, Place
from benchmarks.result import Budget, Row, compared, skipped

# As many as `cfngen verify` makes at a time.
_SIDE_BY_SIDE = "8"


def verify(place: Place) -> Iterator[Row]:
    """All stacks of dev, deployed once; the log files that the trail delivers meanwhile are read, too."""
    what = "`cfngen verify` of all stacks ÷ import boto3 and make the same calls by hand, eight side by side"
    budget = Budget(1.3)
    if find_spec("ministack") is None:
        yield skipped("verify", what, budget, MISSING)
        return
    project = deployable(place)
    record = place.folder / "verify.jsonl"
    report: dict[str, Any] = {}
    with emulator() as environment:

        def in_account(*arguments: str) -> tuple[Cost, str]:
            command = place.command(project, *arguments)
            return run(command._replace(environment={**command.environment, **environment}))

        def ours() -> Cost:
            cost, said = in_account(
                str(PROGRAMS / "calls.py"), str(record), "verify", "--env", "dev", "--format", "json"
            )
            report.update(json.loads(said))
            return cost

        def theirs() -> Cost:
            return in_account(str(PROGRAMS / "by_hand.py"), str(record), _SIDE_BY_SIDE)[0]

        in_account("-m", "cfngen", "deploy", "--env", "dev", "--yes")
        measured = pairs(ours, theirs, place.sizes.pairs)
    operations = [json.loads(line)[2] for line in record.read_text(encoding="utf-8").splitlines()]
    count, files = len(operations), operations.count("GetObject")
    yield compared("verify", what, measured, budget, of="wall", more=f"{count} calls: ")
    resources = sum(each["id"].endswith("/as-template") for each in report["claims"])
    told = f"{count - files} ÷ {resources}, and {files} calls that read the trail's files"
    yield Row("verify", "its calls for each resource", (count - files) / resources, Budget(2, ""), told)
