"""Each declared question asked of an index: `trail_ask.py PROJECT ENV FOLDER CACHE TIMES`.

Prints the median seconds of each as JSON; nothing where the project declares no questions.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median

from cfngen.activity.catalogue import Catalogue
from cfngen.activity.declared import declared
from cfngen.activity.engines.local import Local
from cfngen.activity.translate import Query
from cfngen.errors import CfngenError
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment


def main(root: Path, name: str, logs: Path, cache: Path, times: int) -> None:
    project = Project(root)
    seconds: dict[str, float] = {}
    try:
        found = declared(project, environment(project, name))
    except CfngenError:
        sys.stdout.write("{}\n")
        return
    with Catalogue.open(cache, str(logs)) as catalogue, Local.open(catalogue, found.table) as engine:
        for question in found.questions:
            query = Query(question, found.table)
            runs = []
            for _ in range(times + 1):  # the first one imports
                begun = time.perf_counter()
                engine.ask(query, date(2026, 11, 1), date(2026, 11, 30), {})
                runs.append(time.perf_counter() - begun)
            seconds[question.name] = median(runs[1:])
    sys.stdout.write(json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
