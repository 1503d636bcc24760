"""Log files into a new index, as `cfngen activity` does: `trail_index.py FOLDER CACHE`. Prints the events."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from cfngen.activity.catalogue import Catalogue
from cfngen.activity.engines.local import Local
from cfngen.activity.read import update
from cfngen.activity.sources.folder import Folder


def main(logs: Path, cache: Path) -> None:
    with Catalogue.open(cache, str(logs)) as catalogue:
        _, reading = update(catalogue, Folder(logs), date(2026, 11, 1), date(2026, 11, 30), lambda _: None)
        with Local.open(catalogue, "cloudtrail_logs"):  # looks for events that were delivered twice
            sys.stdout.write(f"{reading.events}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
