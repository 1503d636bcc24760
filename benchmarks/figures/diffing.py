"""What a comparison of two large templates costs, against reading both."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.measure import run
from benchmarks.place import PROGRAMS, Place
from benchmarks.result import Budget, Row


def diff(place: Place) -> Iterator[Row]:
    """Both in one process, in turn."""
    program = PROGRAMS / "diff_large.py"
    size = place.sizes.resources
    command = place.command(place.pristine, str(program), str(place.sizes.pairs), str(size))
    found = json.loads(run(command)[1])
    told = f"cpu {found['diff_ms']:.0f} ÷ {found['parse_both_ms']:.0f} ms"
    what = f"semantic diff of two templates of {size} resources, every one changed ÷ parsing both"
    yield Row("diff", what, found["ratio"], Budget(2), told)
