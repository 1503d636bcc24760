"""Everything that can be done to an account, shown on the emulator: `make demo`.

Generates the templates, deploys all of them, looks at the account, changes something by hand, finds that,
lets an update fail and be rolled back, explains it, and ends with one page about all of it. Works on a copy:
the project stays as it is, but for reports/demo/.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

from cfngen.sandbox.launcher import Sandbox

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("generate.py", "templates", "deployments", "out")
STACK = "audit-alarms"
PAGE = ROOT / "reports" / "demo"
ENDS = re.compile(r"[a-z-]+(: |  +)(deployed|nothing to change|failed)")


def main() -> int:
    """Run it; 0 when each step ended as it should."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        project = Path(folder) / "project"
        project.mkdir()
        for name in COPIED:
            source, target = ROOT / name, project / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
        os.environ.update(sandbox.environment())
        os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        try:
            play(project)
        except subprocess.CalledProcessError as error:
            print(f"the demo stops: exit code {error.returncode} was not expected", file=sys.stderr)
            return 1
    return 0


def play(project: Path) -> None:
    """The steps, in order."""
    tell("Generate the templates and lint them. No account is needed for that.")
    run(project, "python generate.py")
    tell("Deploy all stacks in the order of their dependencies, independent ones side by side.")
    run(project, "cfngen deploy --env dev --yes", brief=True)
    tell("Deploying again changes nothing.")
    run(project, "cfngen deploy --env dev --yes", brief=True)
    tell("What is in the account now, asked of the services themselves:")
    look()
    tell("Somebody changes something by hand, and drift detection finds it.")
    by_hand()
    run(project, "cfngen drift audit-trail --env dev --exit-code", expected=3)
    tell("An update that cannot work: the log group that the alarms should watch does not exist.")
    values = project / "deployments" / "dev" / f"{STACK}.yaml"
    before = values.read_text()
    values.write_text(before.replace("mlops-cloudtrail-log-group", "no-such-log-group"))
    run(project, f"cfngen deploy {STACK} --env dev --yes", expected=1, brief=True)
    tell("Why it failed, and where that is written:")
    run(project, f"cfngen explain {STACK} --env dev")
    values.write_text(before)
    tell("What the account is against what the stacks promise, who did what, and all of it as one page.")
    PAGE.mkdir(parents=True, exist_ok=True)
    verify, activity, drift = (PAGE / f"{name}.json" for name in ("verify", "activity", "drift"))
    run(project, "cfngen verify --env dev --format json", expected=1, into=verify)
    run(project, "cfngen activity --env dev --format json", into=activity)
    run(project, "cfngen drift --env dev --format json", into=drift)
    given = f"--verify {verify} --activity {activity} --drift {drift}"
    run(project, f"cfngen report --env dev {given} --save {PAGE / 'report.html'}")
    print(f"\nThe page of what was deployed: {(PAGE / 'report.html').as_uri()}")


def tell(text: str) -> None:
    """A sentence before a step."""
    print(f"\n# {text}", flush=True)


def run(
    project: Path, command: str, *, expected: int = 0, brief: bool = False, into: Path | None = None
) -> None:
    """Show a command, run it, hold its exit code against the expected one.

    Arguments:
        brief: show only how it ended for each stack.
        into: the file that gets what the command writes.
    """
    print(f"$ {command}" + (f" >{into}" if into else ""), flush=True)
    if into is not None:
        with into.open("w", encoding="utf-8") as file:
            code = subprocess.run(shlex.split(command), cwd=project, stdout=file, check=False).returncode
        if code != expected:
            raise subprocess.CalledProcessError(code, command)
        return
    kept = subprocess.PIPE if brief else None
    done = subprocess.run(shlex.split(command), cwd=project, stdout=kept, stderr=kept, text=True, check=False)
    if done.returncode != expected:
        sys.stdout.write((done.stdout or "") + (done.stderr or ""))
        raise subprocess.CalledProcessError(done.returncode, command)
    show = False
    for line in (done.stdout or "").splitlines():
        show = bool(ENDS.match(line)) or (show and bool(expected) and line.startswith("  "))
        if show:
            print(line)
    if expected:
        print(f"(exit code {expected}, as it should be)")


def look() -> None:
    """What the services say about the trail."""
    cloudtrail: Any = boto3.client("cloudtrail")
    for trail in cloudtrail.describe_trails()["trailList"]:
        print(f"trail {trail['Name']}")
        print(
            f"  multi-Region: {trail['IsMultiRegionTrail']}, validated: {trail['LogFileValidationEnabled']}"
        )
        print(f"  logs to s3://{trail['S3BucketName']}/{trail.get('S3KeyPrefix', '')}")
        print(f"  logging: {cloudtrail.get_trail_status(Name=trail['TrailARN'])['IsLogging']}")
    alarms = boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    roles = boto3.client("iam").list_roles()["Roles"]
    print(f"{len(alarms)} alarms, {len(roles)} roles")


def by_hand() -> None:
    """Save on the trail's log."""
    print("$ aws logs put-retention-policy --log-group-name mlops-cloudtrail-log-group --retention-in-days 7")
    boto3.client("logs").put_retention_policy(logGroupName="mlops-cloudtrail-log-group", retentionInDays=7)


if __name__ == "__main__":
    sys.exit(main())
