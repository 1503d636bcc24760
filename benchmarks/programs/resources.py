"""The resources of a template as canonical JSON: `resources.py FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

from cfngen.template.load import load


def main(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    if content.startswith('--- "'):  # Sceptre prints the template as one quoted string
        content = yaml.safe_load(content)
    resources = load(content.encode(), path.name).data["Resources"]
    sys.stdout.write(json.dumps(resources, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
