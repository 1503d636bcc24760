"""What `cfngen activity` costs on a month's log files, against a plain loop that only reads them."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import cost, pairs, run
from benchmarks.place import PROGRAMS, Place
from benchmarks.result import Budget, Row, compared, skipped

_NEEDED = ("duckdb", "isal", "msgspec", "pyarrow", "sqlglot")
_EVENTS_IN_A_FILE = 1000


def activity(place: Place) -> Iterator[Row]:
    """Index, then ask; the greatest memory of any process on the way."""
    events = place.sizes.events
    what = f"`cfngen activity`: index {events:,} events ÷ a plain loop over gzip and the json module"
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        yield skipped("activity", what, Budget(0.7), f"{', '.join(missing)} is not installed")
        return
    logs, cache = place.folder / "logs", place.folder / "cache"
    write = (
        str(PROGRAMS / "trail_logs.py"),
        str(logs),
        str(events),
        str(max(1, events // _EVENTS_IN_A_FILE)),
    )
    run(place.command(place.pristine, *write))
    index = place.command(
        place.pristine,
        str(PROGRAMS / "trail_index.py"),
        str(logs),
        str(cache),
        ready=lambda: shutil.rmtree(cache, ignore_errors=True),
    )
    loop = place.command(place.pristine, str(PROGRAMS / "trail_loop.py"), str(logs))
    measured = pairs(cost(index), cost(loop), place.sizes.pairs)
    yield compared("activity", what, measured, Budget(0.7), of="wall")
    asked, seconds = _asked(place, logs, cache)
    memory = max(asked, *(run.memory for run in measured.a))
    told = "the greatest of one process, of indexing and of asking"
    yield Row("activity", f"memory of the same {events:,} events", memory, Budget(400, " MiB"), told)
    what = f"the slowest question to {events:,} events"
    if not seconds:
        yield skipped("activity", what, Budget(0.5, " s"), "no stack declares questions")
        return
    slowest = max(seconds, key=lambda name: seconds[name])
    told = f"{slowest}, of {len(seconds)} questions; all together {sum(seconds.values()):.1f} s"
    yield Row("activity", what, seconds[slowest], Budget(0.5, " s"), told)


def _asked(place: Place, logs: Path, cache: Path) -> tuple[float, dict[str, float]]:
    """The memory of asking every question, and the seconds of each."""
    program = str(PROGRAMS / "trail_ask.py")
    asking = place.command(
        place.pristine, program, str(place.pristine), "dev", str(logs), str(cache), str(place.sizes.pairs)
    )
    spent, said = run(asking)
    return spent.memory, json.loads(said)
