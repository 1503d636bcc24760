"""How fast cfngen is, beside what it may cost: `python benchmarks/bench.py --help`.

The standard library is all that this script itself needs; what it measures runs in processes of its own, on
a copy of the project.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.figures import FIGURES  # noqa: E402
from benchmarks.measure import CommandError  # noqa: E402
from benchmarks.place import Sizes, copied  # noqa: E402
from benchmarks.result import Row  # noqa: E402

FORMAT_VERSION = "1.0"


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description="Measure cfngen against its budget, on a copy of the project.")
    made.add_argument(
        "--figure",
        action="append",
        choices=FIGURES,
        metavar="NAME",
        help=f"measure only this one; can be repeated: {', '.join(FIGURES)}",
    )
    made.add_argument("--pairs", type=_positive, default=7, metavar="N", help="default: 7")
    made.add_argument("--json", type=Path, metavar="FILE", help="write every run's costs here, too")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    args = parser().parse_args(argv)
    rows: list[Row] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="cfngen-bench-") as folder:
        place = copied(ROOT, Path(folder), replace(Sizes(), pairs=args.pairs))
        for name in args.figure or FIGURES:
            print(f"measuring {name} ...", file=sys.stderr)
            try:
                rows += FIGURES[name](place)
            except CommandError as error:
                print(f"error: {name}: {error}", file=sys.stderr)
                failed.append(name)
    print(table(rows))
    if args.json:
        args.json.write_text(json.dumps(document(rows, args.pairs), indent=2) + "\n", encoding="utf-8")
    return 1 if failed else 0


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| figure | measured | budget | within | details |", "| --- | ---: | ---: | --- | --- |"]
    for row in rows:
        within = {True: "yes", False: "**no**", None: "-"}[row.within]
        measured = "-" if row.value is None else f"{row.value:.2f}{row.budget.unit if row.budget else 'x'}"
        lines.append(f"| {row.what} | {measured} | {row.budget or '-'} | {within} | {row.details} |")
    return "\n".join(lines)


def document(rows: Sequence[Row], pairs: int) -> dict[str, object]:
    """The same with every single run, as JSON."""
    return {
        "format_version": FORMAT_VERSION,
        "machine": {
            "cores": os.cpu_count(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
        },
        "pairs": pairs,
        "figures": [
            {
                "figure": row.figure,
                "what": row.what,
                "value": row.value,
                "budget": str(row.budget) if row.budget else None,
                "within": row.within,
                "details": row.details,
                "a": [cost._asdict() for cost in row.pairs.a] if row.pairs else [],
                "b": [cost._asdict() for cost in row.pairs.b] if row.pairs else [],
            }
            for row in rows
        ],
    }


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
