"""The API calls that a cfngen command makes, as JSON lines: `calls.py FILE COMMAND …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from cfngen.cli import main as cli


def main(path: Path, argv: list[str]) -> int:
    calls = []
    make = BaseClient._make_api_call

    def recorded(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        meta = client.meta
        calls.append([meta.service_model.service_name, meta.region_name, operation, parameters])
        return make(client, operation, parameters)

    BaseClient._make_api_call = recorded
    code = cli.main(argv)
    path.write_text("".join(json.dumps(call, default=str) + "\n" for call in calls), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
