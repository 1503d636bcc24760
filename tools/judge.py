"""Let prowler judge the stacks, deployed to the sandbox with prod's values: `make judge`.

Its checks of the services that the stacks use, among them those of the CIS benchmark, of AWS's Foundational
Security Best Practices, and of IAM. A failure without a row in docs/scanners.md ends with exit code 1, and so
does a row without a failure. https://docs.prowler.com
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cfngen.sandbox.launcher import REGION, Sandbox

ROOT = Path(__file__).resolve().parents[1]
PROWLER = ROOT / ".venv-judge" / "bin" / "prowler"
ROWS = ROOT / "docs" / "scanners.md"
HEADING = "## What prowler says"
ROW = re.compile(r"\| `(?P<check>[^`]+)` \| `(?P<resource>[^`]+)` \| (?P<reason>.+) \|")
SERVICES = (
    *("accessanalyzer", "athena", "cloudformation", "cloudtrail", "cloudwatch", "codebuild", "config"),
    *("ecr", "eventbridge", "glue", "iam", "kms", "s3", "sns"),
)
BROKEN = re.compile(r"Something went wrong in (\w+)")
SOME_CHECKS_FAILED = 3  # prowler's own exit code


class Failure(NamedTuple):
    """A check that failed, the resource that it is about, and what prowler says of it."""

    check: str
    resource: str
    says: str


class Row(NamedTuple):
    """A row of docs/scanners.md; `*` stands for anything."""

    check: str
    resource: str
    reason: str

    def covers(self, failure: Failure) -> bool:
        """Whether this row explains the failure."""
        return all(
            re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text)
            for pattern, text in zip(self[:2], failure[:2], strict=True)
        )


def rows(text: str) -> list[Row]:
    """The rows below the heading about prowler."""
    about = text.partition(HEADING)[2].partition("\n## ")[0]
    return [Row(**match.groupdict()) for match in ROW.finditer(about)]


def failures(report: str) -> Iterator[Failure]:
    """What failed in a report of prowler's, in the JSON form of the Open Cybersecurity Schema Framework."""
    for finding in json.loads(report):
        if finding["status_code"] == "FAIL":
            check = finding["metadata"]["event_code"]
            yield Failure(check, finding["resources"][0]["name"], finding["status_detail"])


def broken(said: str) -> Iterator[Failure]:
    """The checks that ended with an error, by what prowler said: nobody judged what they look at."""
    for check in dict.fromkeys(BROKEN.findall(said)):
        yield Failure(check, "prowler", "the check itself ended with an error, so nothing was judged")


def unexplained(found: list[Failure], known: list[Row]) -> tuple[list[Failure], list[Row]]:
    """The failures without a row, and the rows without a failure."""
    return (
        [failure for failure in found if not any(row.covers(failure) for row in known)],
        [row for row in known if not any(row.covers(failure) for failure in found)],
    )


def judge(environment: str, folder: Path) -> list[Failure]:
    """Deploy an environment to a sandbox of its own, and let prowler look at it."""
    with Sandbox() as sandbox:
        shell = os.environ | sandbox.environment()
        cfngen = [sys.executable, "-m", "cfngen", "deploy", "--env", environment, "--yes"]
        subprocess.run(cfngen, cwd=ROOT, env=shell, check=True, stdout=sys.stderr)
        output = ("--output-formats", "json-ocsf", "--output-directory", folder)
        asked = ("--region", REGION, "--services", *SERVICES)
        done = subprocess.run(
            [PROWLER, "aws", "--no-banner", *asked, *output, "--output-filename", "judged"],
            env=shell,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    sys.stderr.write(done.stdout)
    if done.returncode not in {0, SOME_CHECKS_FAILED}:
        raise SystemExit(f"prowler ended with exit code {done.returncode}")
    report = (folder / "judged.ocsf.json").read_text(encoding="utf-8")
    return sorted([*failures(report), *broken(done.stdout)])


def main() -> int:
    """Judge, compare with the page, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--env", default="prod", help="a folder of deployments/ (default: prod)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = judge(args.env, Path(folder))
    new, gone = unexplained(found, rows(ROWS.read_text(encoding="utf-8")))
    for failure in new:
        print(f"{failure.check} on {failure.resource}: {failure.says}")
    for row in gone:
        print(f"docs/scanners.md: nothing fails any more for `{row.check}` on `{row.resource}`")
    print(f"{len(found)} failures, {len(new)} without a row in docs/scanners.md", file=sys.stderr)
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
