"""The figures by name, in the order of the table: each takes a place and gives rows."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.figures import (
    deploying,
    diffing,
    linting,
    peers,
    rendering,
    reporting,
    starting,
    trailing,
    verifying,
    watching,
)
from benchmarks.place import Place
from benchmarks.result import Row

FIGURES: Mapping[str, Callable[[Place], Iterator[Row]]] = {
    "generate": rendering.generate,
    "changed": rendering.changed,
    "instructions": rendering.instructions,
    "nothing": starting.nothing,
    "check": starting.check,
    "lint": linting.everything,
    "change": linting.change,
    "watch": watching.watch,
    "cdk": peers.cdk,
    "sceptre": peers.sceptre,
    "formica": peers.formica,
    "stacker": peers.stacker,
    "slope": rendering.slope,
    "diff": diffing.diff,
    "plan": deploying.plan,
    "deploy": deploying.deploy,
    "events": deploying.events,
    "verify": verifying.verify,
    "activity": trailing.activity,
    "report": reporting.report,
}
