"""`cfngen sandbox`, as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cfngen.sandbox.launcher import Sandbox


def _started(project: Path, *arguments: str) -> subprocess.Popen[str]:
    (project / "templates").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "cfngen", "--project", str(project), "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_what_to_export_and_runs_until_told_to_stop(tmp_path: Path, ending: signal.Signals) -> None:
    with _started(tmp_path) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        exports = [command.stdout.readline() for _ in range(6)]
        assert "The sandbox runs" in command.stderr.readline()
        asked = subprocess.run(
            ["sh", "-c", "".join(exports) + f"{sys.executable} -c '{_WHO}'"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "AWS_SESSION_TOKEN": "stale", "AWS_PROFILE": "someone"},
        )
        assert asked.stdout == "111122223333 ap-southeast-1\n"
        command.send_signal(ending)
        assert command.wait(15) == (0 if ending == signal.SIGINT else -signal.SIGTERM)
        assert "Traceback" not in command.stderr.read()


_WHO = (
    "import boto3; s = boto3.Session(); "
    'print(s.client("sts").get_caller_identity()["Account"], s.region_name)'
)


def test_json_for_machines(tmp_path: Path) -> None:
    with _started(tmp_path, "--format", "json") as command:
        assert command.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            text += command.stdout.readline()
        said = json.loads(text)
        command.send_signal(signal.SIGINT)
        assert command.wait(15) == 0
    assert said["format_version"] == "1.0"
    assert said["environment"]["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_a_busy_port_is_one_clear_error(tmp_path: Path, sandbox: Sandbox) -> None:
    with _started(tmp_path, "--port", str(sandbox.port)) as command:
        _, said = command.communicate(timeout=300)
    assert command.returncode == 1
    assert "Traceback" not in said
    assert "--port" in said
