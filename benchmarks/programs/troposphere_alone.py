"""What the definitions and troposphere cost without cfngen around them: `troposphere_alone.py [--json]`.

Runs every definition of the project in the current folder, and with `--json` lets troposphere write each
template. There is nothing else: no checks, no claims, no versions, no command line. troposphere is imported
without PyYAML and the garbage collector waits, as in a run of cfngen.
"""

import gc
import sys
from importlib import import_module
from pathlib import Path

import cfngen.define  # noqa: F401 - before troposphere


def main(*, to_json: bool) -> int:
    """How many characters troposphere wrote."""
    gc.set_threshold(100_000)
    sys.path.insert(0, str(Path.cwd()))
    names = sorted(path.stem for path in Path("templates").glob("*.py") if not path.name.startswith("_"))
    templates = [import_module(f"templates.{name}").stack.template for name in names]
    return sum(len(template.to_json()) for template in templates) if to_json else 0


if __name__ == "__main__":
    print(main(to_json="--json" in sys.argv[1:]))
