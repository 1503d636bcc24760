"""Whatever a file holds: a result or one error; no traceback, no hang, little memory.

`make test-fuzz` tries 5,000 inputs; CFNGEN_FUZZ says how many, CFNGEN_FUZZ_SEED where to begin.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest
import yaml

from tests.support import fuzz
from tests.support.projects import SmallProject, make

pytestmark = pytest.mark.unmeasured

COUNT = int(os.environ.get("CFNGEN_FUZZ", "60"))
SEED = int(os.environ.get("CFNGEN_FUZZ_SEED", "20261127"))
SECONDS = 10  # of a busy machine; what is hostile on purpose has one second, below
MEGABYTES = 200

DEFINITION = """\
from troposphere import Equals, If, Parameter, Ref, Sub
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.template.add_parameter(Parameter("Word", Type="String", Default="a", MaxLength=9))
stack.template.add_condition("Named", Equals(Ref("Word"), "a"))
stack.add(Topic("Topic", TopicName=Sub("${Word}-news"), DisplayName=If("Named", "x", Ref("AWS::NoValue"))))
"""
COMMANDS = {
    "deployments/dev/news.yaml": ["publish", "--env", "dev", "--template-configuration", "configuration"],
    "deployments/dev/environment.yaml": ["diff", "--env", "dev"],
    "out/manifest.json": ["publish", "--env", "dev", "--template-configuration", "configuration"],
    "out/news.yaml": ["diff", "old.yaml", "out/news.yaml"],
    "templates/news.py": ["generate", "--no-lint", "--check"],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    project = make(tmp_path_factory.mktemp("fuzz") / "project", news=DEFINITION)
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: eu-west-1\naccounts: ['123456789012']\n")
    (folder / "news.yaml").write_text(
        "template-file-path: out/news.yaml\nparameters: {Word: b}\ntags: {team: data, cost: 'a b'}\n"
    )
    assert project.generate("--no-lint").returncode == 0
    (project.root / "old.yaml").write_bytes(project.out()["news.yaml"])
    return project


def _inputs(project: SmallProject, path: str, count: int) -> Iterator[tuple[int, bytes]]:
    good = (project.root / path).read_bytes()
    data = None if path.endswith(".py") else _data(good)
    for seed in range(SEED, SEED + count):
        rng = random.Random(f"{path} {seed}")  # noqa: S311 - to be made again, not secret
        if data is None:
            yield seed, fuzz.program(good.decode(), rng)
        else:
            yield seed, fuzz.structured(data, good, rng)


def _data(content: bytes) -> object:
    from cfngen.template.load import load

    return load(content, "").data if b"Resources:" in content else yaml.safe_load(content)


def _complaint(project: SmallProject, path: str) -> str | None:
    """What is wrong with how the command took the file; None where nothing is."""
    from cfngen.cli.main import main

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError

    out, err = io.StringIO(), io.StringIO()
    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--project", str(project.root), *COMMANDS[path]])
    except TimeoutError:
        return f"takes more than {SECONDS} seconds"
    except BaseException:  # noqa: BLE001 - whatever it is, it is what this looks for
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    errors = err.getvalue().count("error: ")
    if "Traceback" in err.getvalue():
        return err.getvalue()
    if code not in {0, 1, 2} or (code and not errors and not out.getvalue()):
        return f"exit code {code}, {errors} errors: {err.getvalue()}"
    return f"{errors} errors: {err.getvalue()}" if errors > 1 else None


def _tried(project: SmallProject, path: str) -> tuple[list[str], int]:
    """What was wrong, and the most megabytes beyond those of the process that was copied."""
    copied = _peak()
    found = []
    for seed, content in _inputs(project, path, max(1, COUNT // len(COMMANDS))):
        (project.root / path).write_bytes(content)
        if said := _complaint(project, path):
            found.append(f"seed {seed}: {said}\n{content[:300]!r}")
    return found, _peak() - copied


def _peak() -> int:
    """The megabytes that this process has used at most; `ru_maxrss` would count what began it, too.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("path", COMMANDS)
def test_a_result_or_one_error(project: SmallProject, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    file = project.root / path
    good = file.read_bytes()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # what a definition does, and what is imported, ends with the process
        try:
            os.close(reader)
            result = _tried(project, path)
            with os.fdopen(writer, "w", errors="replace") as stream:
                json.dump(result, stream)
        finally:
            os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader) as stream:
            found, used = json.load(stream)
    finally:
        os.waitpid(child, 0)
        file.write_bytes(good)
    assert not found, f"{len(found)} of {COUNT // len(COMMANDS)}:\n" + "\n".join(found[:5])
    assert used < MEGABYTES


# --- Hostile on purpose ------------------------------------------------------------------------------------


def _deep(_path: Path) -> bytes:
    return b"a: " + b"[" * 1000 + b"]" * 1000


def _laughs(_path: Path) -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return f"parameters: {{A: &b {'{'}{'}'}}}\n{chr(10).join(lines)}\n".encode()


def _laughing_values(_path: Path) -> bytes:
    return b"parameters:\n" + b"".join(
        f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x'}]\n".encode() for n in range(12)
    )


def _huge(_path: Path) -> bytes:
    return b"# " + b"x" * (50 * 1024 * 1024)


def _sub(_path: Path) -> bytes:
    unclosed = "${" * 400_000
    topic = f"Type: AWS::SNS::Topic, Properties: {{TopicName: !Sub '{unclosed}'}}"
    return f"Resources:\n  T: {{{topic}}}".encode()


def _zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


HOSTILE = (_deep, _laughs, _laughing_values, _huge, _zero, _pipe, _sub)
_LIMITED = f"""
import resource, sys, time
from pathlib import Path
from cfngen.cli.main import main

{inspect.getsource(_peak)}
begun = time.process_time()
try:
    code = main(sys.argv[1:])
finally:
    print(f"\\n{{time.process_time() - begun}} {{_peak()}}")
sys.exit(code)
"""


@pytest.mark.parametrize("make_it", HOSTILE, ids=lambda each: each.__name__.strip("_"))
@pytest.mark.parametrize("path", COMMANDS)
def test_one_error_within_a_second(project: SmallProject, path: str, make_it: object) -> None:
    assert callable(make_it)
    if path == "templates/news.py" and make_it in {_huge, _sub}:
        pytest.skip("a definition is a program: what it does takes as long as it takes")
    file = project.root / path
    good = file.read_bytes()
    file.unlink()
    try:
        if (content := make_it(file)) is not None:
            file.write_bytes(content)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, "--project", str(project.root), *COMMANDS[path]],
            cwd=project.root,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    finally:
        with suppress(FileNotFoundError):
            file.unlink()
        file.write_bytes(good)
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    seconds, megabytes = done.stdout.split()[-2:]
    assert float(seconds) < 1.0, (seconds, time.monotonic() - begun)
    assert int(megabytes) < MEGABYTES
    if not (make_it is _sub and path == "out/news.yaml"):
        assert done.returncode in {1, 2}
        assert done.stderr.count("error: ") == 1, done.stderr
