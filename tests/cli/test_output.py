"""A deployment comes to its end whatever becomes of its output; its exit code is the truth."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cfngen
from cfngen.lint.runner import lint_project
from tests.support.account_world import World, topic
from tests.support.projects import TOPIC, UNMEASURED, make

pytestmark = pytest.mark.unmeasured

MOMENTS = int(os.environ.get("CFNGEN_MOMENTS", "8"))
ENDS = (
    "| head -1",
    ">&-",
    "2>&-",
    ">&- 2>&-",
    ">/dev/full",
    ">/dev/full 2>&1",
    "SIGHUP",
    "SIGTERM",
    "two Ctrl-C",
)


def _complete(here: World) -> bool:
    stacks = here.deployed()
    return set(stacks) == {"dev-one", "dev-two"} and all(
        stack["StackStatus"] == "CREATE_COMPLETE" and stack["EnableTerminationProtection"]
        for stack in stacks.values()
    )


def _start(here: World, redirection: str, folder: Path) -> subprocess.Popen[bytes]:
    command = f"{sys.executable} -m cfngen --project {here.root} deploy --env dev --yes"
    return subprocess.Popen(
        ["bash", "-c", f"set -o pipefail; exec 3>{folder / 'err'}; {command} {redirection or '2>&3'}"],
        stdout=subprocess.PIPE,
        stderr=(folder / "err2").open("wb"),
        start_new_session=True,
        # What measures coverage starts before cfngen, and tells an interruption as a traceback of its own.
        env=os.environ | UNMEASURED,
    )


def _own_traceback(said: str) -> bool:
    """Whether cfngen was interrupted, and not Python before it got so far."""
    return "Traceback" in said and str(Path(cfngen.__file__).parent) in said


@pytest.mark.parametrize("number", range(MOMENTS))
def test_deploy_goes_on_or_says_that_it_did_not(here: World, number: int, tmp_path: Path) -> None:
    chance = random.Random(number)  # noqa: S311 - repeatable
    end = ENDS[number % len(ENDS)]
    for name in ("one", "two"):
        here.stack(name, topic(name), termination_protection=True)
    lint_project(here.project, ["one", "two"])
    process = _start(here, end if end[0] in "|>2" else "", tmp_path)
    if end in {"SIGHUP", "SIGTERM", "two Ctrl-C"}:
        time.sleep(chance.uniform(0, 3))
        _signal(process, end)
    process.communicate(timeout=600)
    said = (tmp_path / "err2").read_text() + ((tmp_path / "err").read_text())
    assert not _own_traceback(said), said
    if end in {"SIGHUP", "SIGTERM", "two Ctrl-C"}:
        assert process.returncode != 0 or _complete(here), (end, said)
    else:
        assert (process.returncode, _complete(here)) == (0, True), (end, said)
    assert here.deploy().code == 0
    assert _complete(here)


def _signal(process: subprocess.Popen[bytes], end: str) -> None:
    numbers = {"SIGHUP": [signal.SIGHUP], "SIGTERM": [signal.SIGTERM]}.get(end, [signal.SIGINT] * 2)
    for sent in numbers:
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            return
        time.sleep(0.05)


@pytest.mark.parametrize("delay", [0.01, 0.03, 0.06, 0.1, 0.2, 0.4])
def test_an_early_interruption_has_no_traceback(tmp_path: Path, delay: float) -> None:
    (tmp_path / "templates").mkdir()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time; from cfngen.__main__ import main; raise SystemExit(main())",
            "list",
        ],
        cwd=tmp_path,
        env=os.environ | UNMEASURED,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
    assert not _own_traceback(err), err


def test_a_command_that_only_reads_says_that_its_output_is_lost(here: World) -> None:
    here.stack("one", topic("one"))
    command = f"{sys.executable} -m cfngen --project {here.root} list >/dev/full"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, "No space left" in ran.stderr) == (1, True), ran.stderr


@pytest.mark.parametrize("words", ["--help", "--version", "help list", "list --help", "list", "nonsense"])
@pytest.mark.parametrize(
    ("end", "code"), [(">/dev/full", 1), (">&-", 0), ("| true", 0), (">/dev/full 2>&1", 1)]
)
def test_no_command_fails_with_a_traceback_for_its_output(
    here: World, words: str, end: str, code: int
) -> None:
    here.stack("one", topic("one"))
    command = f"{sys.executable} -m cfngen --project {here.root} {words} {end}"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert ran.returncode == (2 if words == "nonsense" else code), ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
    assert "has a fault" not in ran.stderr


@pytest.mark.parametrize(("end", "code"), [(">/dev/full", 1), (">&-", 0), ("| true", 0)])
def test_generate_py_that_has_nothing_to_do_says_what_is_wrong_with_its_output(
    tmp_path: Path, end: str, code: int
) -> None:
    project = make(tmp_path / "project", news=TOPIC)
    for _ in range(3):  # until the stamp of the last complete run is there
        project.generate()
        time.sleep(0.1)
    command = f"{sys.executable} {project.root / 'generate.py'} {end}"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("No space left") == (1 if code else 0)
