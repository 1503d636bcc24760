"""The main job, run as a user runs it, in small projects."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from cfngen.generate import pipeline
from cfngen.project import Project
from tests.support.projects import ROOT, TOPIC, SmallProject, make


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return make(tmp_path / "project", news=TOPIC)


def test_writes_a_template_and_a_manifest_that_describes_it(project: SmallProject) -> None:
    done = project.render()
    assert done.returncode == 0, done.stderr
    content = project.out()["news.yaml"]
    entry = json.loads(project.out()["manifest.json"])["stacks"]["news"]
    assert entry["sha256"] == sha256(content).hexdigest()
    assert entry["size"] == len(content)
    assert entry["version"] == "1.0.0"
    assert entry["capabilities"] == []
    assert yaml.safe_load(content)["Metadata"]["cfngen"] == {"Stack": "news", "Version": "1.0.0"}


def test_a_second_run_writes_no_file(project: SmallProject) -> None:
    project.render()
    times = {path: path.stat().st_mtime_ns for path in (project.root / "out").iterdir()}
    inode = (project.root / "out").stat().st_ino
    done = project.render()
    assert (done.returncode, done.stdout) == (0, "out/ is up to date: 1 stack\n")
    assert {path: path.stat().st_mtime_ns for path in (project.root / "out").iterdir()} == times
    assert (project.root / "out").stat().st_ino == inode


def test_only_what_differs_is_written(project: SmallProject) -> None:
    project.define("other")
    project.render()
    before = (project.root / "out" / "other.yaml").stat()
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    done = project.render()
    assert done.stdout == "wrote out/news.yaml\nwrote out/manifest.json\n"
    after = (project.root / "out" / "other.yaml").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_a_removed_stack_loses_its_file(project: SmallProject) -> None:
    other = project.define("other")
    project.render()
    other.unlink()
    done = project.render()
    assert "removed out/other.yaml" in done.stdout
    assert set(project.out()) == {"news.yaml", "manifest.json"}
    assert list(json.loads(project.out()["manifest.json"])["stacks"]) == ["news"]


def test_a_file_that_nothing_makes_is_named_and_kept(project: SmallProject) -> None:
    project.render()
    stranger = project.root / "out" / "mine.yaml"
    stranger.write_text("mine")
    done = project.render()
    assert done.returncode == 1
    assert "out/mine.yaml: no definition makes this file" in done.stderr
    assert stranger.read_text() == "mine"


def test_check_shows_the_difference_and_writes_nothing(project: SmallProject) -> None:
    project.render()
    before = project.out()
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    done = project.render("--check")
    assert done.returncode == 1
    assert "--- a/out/news.yaml\n+++ b/out/news.yaml\n" in done.stdout
    assert "-      TopicName: news\n+      TopicName: headlines\n" in done.stdout
    assert "stale" in done.stderr
    assert project.out() == before


def test_check_of_a_fresh_out_says_nothing_is_to_do(project: SmallProject) -> None:
    project.render()
    done = project.render("--check")
    assert (done.returncode, done.stdout) == (0, "out/ is up to date: 1 stack\n")


def test_an_edit_by_hand_is_stale_and_is_made_good(project: SmallProject) -> None:
    project.render()
    before = project.out()
    path = project.root / "out" / "news.yaml"
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    assert project.render("--check").returncode == 1
    assert project.render().returncode == 0
    assert project.out() == before


def test_one_stack_is_built_alone(project: SmallProject) -> None:
    project.define("other")
    project.render()
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    project.define("other", TOPIC.replace('"news"', '"changed"'))
    done = project.render("news")
    assert done.stdout == "wrote out/news.yaml\nwrote out/manifest.json\n"
    assert b"changed" not in project.out()["other.yaml"]


def test_an_unknown_stack_is_a_usage_error_that_names_the_nearest(project: SmallProject) -> None:
    done = project.render("new")
    assert done.returncode == 2
    assert "there is no stack 'new'" in done.stderr
    assert "did you mean news?" in done.stderr


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("stack = 1 / 0\n", 1, "ZeroDivisionError: division by zero"),
        ("def broken(:\n", 1, "SyntaxError: invalid syntax"),
        ("import nowhere\n", 1, "ModuleNotFoundError: No module named 'nowhere'"),
        ("\n\nraise SystemExit(3)\n", 3, "SystemExit: 3"),
        (TOPIC + 'stack.add(Topic("Topic"))\n', 7, "duplicate key"),
        (TOPIC.replace("TopicName", "TopicNam"), 6, "does not support attribute TopicNam"),
    ],
)
def test_a_broken_definition_is_named_with_its_line_and_the_others_are_built(
    project: SmallProject, source: str, line: int, problem: str
) -> None:
    project.define("broken", source)
    done = project.render()
    assert done.returncode == 1
    assert f"templates/broken.py:{line}: " in done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert "wrote out/news.yaml" in done.stdout


def test_a_definition_broken_later_keeps_its_last_template(project: SmallProject) -> None:
    project.render()
    before = project.out()
    project.define("news", "stack = 1 / 0\n")
    assert project.render().returncode == 1
    assert project.out() == before


def test_a_module_without_a_stack_is_told_what_to_do(project: SmallProject) -> None:
    project.define("empty", "x = 1\n")
    done = project.render()
    assert "templates/empty.py: defines no stack\n  add `stack = Stack(" in done.stderr


def test_what_a_definition_prints_stays_out_of_the_data(project: SmallProject) -> None:
    project.define("news", 'print("noise")\n' + TOPIC)
    done = project.render("--format", "json")
    assert json.loads(done.stdout)["stacks"][0]["action"] == "written"


def test_a_shared_module_is_no_stack(project: SmallProject) -> None:
    project.define("_names", 'TOPIC = "shared-name"\n')
    project.define(
        "news", "from templates._names import TOPIC\n" + TOPIC.replace('TopicName="news"', "TopicName=TOPIC")
    )
    assert project.render().returncode == 0
    assert b"shared-name" in project.out()["news.yaml"]
    assert set(project.out()) == {"news.yaml", "manifest.json"}


def test_dependencies_must_exist_and_not_run_in_circles(project: SmallProject) -> None:
    project.define("one", TOPIC.replace('"A topic"', '"A topic", depends_on=["nowhere"]'))
    assert "depends on 'nowhere', which no module defines" in project.render().stderr
    project.define("one", TOPIC.replace('"A topic"', '"A topic", depends_on=["two"]'))
    project.define("two", TOPIC.replace('"A topic"', '"A topic", depends_on=["one"]'))
    done = project.render()
    assert done.returncode == 1
    assert "the stacks depend on each other in a circle" in done.stderr
    assert set(project.out()) == {"news.yaml", "manifest.json"}
    assert "one" not in json.loads(project.out()["manifest.json"])["stacks"]


def test_a_protected_resource_must_exist(project: SmallProject) -> None:
    project.define("news", TOPIC.replace('"A topic"', '"A topic", protected=["Bucket"]'))
    assert "protects Bucket, which is not a resource of the stack" in project.render().stderr


def test_json_names_every_stack_and_error(project: SmallProject) -> None:
    project.define("broken", "stack = 1 / 0\n")
    done = project.render("--format", "json")
    document = json.loads(done.stdout)
    assert document["format_version"] == "1.0"
    assert [(stack["stack"], stack["action"]) for stack in document["stacks"]] == [("news", "written")]
    assert document["errors"][0]["place"] == "templates/broken.py:1"


# --- Nothing half-written -----------------------------------------------------------------------------------


def test_a_read_only_out_is_one_clear_error(project: SmallProject) -> None:
    project.render()
    before = project.out()
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    out = project.root / "out"
    out.chmod(0o555)
    try:
        done = project.render()
    finally:
        out.chmod(0o755)
    assert done.returncode == 1
    assert "out: cannot be written: Permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert project.out() == before


def test_a_full_disk_is_one_clear_error(project: SmallProject) -> None:
    project.render()
    before = project.out()
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    full = (
        "import os, sys\n"
        "def fsync(handle): raise OSError(28, os.strerror(28))\n"
        "os.fsync = fsync\n"
        "from cfngen.cli.main import main\n"
        "sys.exit(main(['generate', '--no-lint']))\n"
    )
    done = project.run("-c", full)
    assert done.returncode == 1
    assert "cannot be written: No space left on device" in done.stderr
    assert "free some space" in done.stderr
    assert project.out() == before


def test_two_runs_at_once_are_refused(project: SmallProject) -> None:
    held = (
        "import sys\n"
        "from pathlib import Path\n"
        "from cfngen.generate import write\n"
        "from cfngen.project import Project\n"
        "with write.lock(Project(Path('.').absolute())):\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held],
        cwd=project.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        done = project.render()
        other.communicate("\n")
    assert done.returncode == 1
    assert "another run is writing out/" in done.stderr
    assert project.render().returncode == 0


@pytest.mark.parametrize("delay", [0.02 * step for step in range(12)])
def test_killed_at_any_moment_out_is_as_it_was_or_complete(project: SmallProject, delay: float) -> None:
    for name in ("one", "two", "three"):
        project.define(name)
    project.render()
    before = project.out()
    for name in ("one", "two", "three"):
        project.define(name, TOPIC.replace('"news"', '"headlines"'))
    expected = make(project.root.parent / "expected", news=TOPIC)
    for name in ("one", "two", "three"):
        expected.define(name, TOPIC.replace('"news"', '"headlines"'))
    expected.render()
    with subprocess.Popen(
        [sys.executable, "-m", "cfngen", "generate", "--no-lint"], cwd=project.root, stdout=subprocess.DEVNULL
    ) as process:
        time.sleep(0.1 + delay)
        process.send_signal(signal.SIGKILL)
    assert project.out() in (before, expected.out())
    assert project.render().returncode == 0
    assert project.out() == expected.out()


def test_interrupted_is_130(project: SmallProject) -> None:
    project.define("news", "import os, signal; os.kill(os.getpid(), signal.SIGINT)\n" + TOPIC)
    done = project.render()
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


# --- The same bytes everywhere ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["0", "1", "42"])
def test_our_own_stacks_are_the_same_for_every_hash_seed_and_locale(tmp_path: Path, seed: str) -> None:
    copy = make(tmp_path / "project")
    _copy_stacks(copy)
    done = copy.render(PYTHONHASHSEED=seed, LC_ALL="C", TZ="Asia/Singapore")
    assert done.returncode == 0, done.stderr
    for path in (ROOT / "out").glob("*.yaml"):
        assert copy.out()[path.name] == path.read_bytes()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_our_own_stacks_are_the_same_for_every_supported_python(tmp_path: Path, version: str) -> None:
    python = _interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed")
    copy = make(tmp_path / "project")
    _copy_stacks(copy)
    # All that rendering imports is pure Python, so another version can run this environment's libraries.
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    subprocess.run(
        [python, "-m", "cfngen", "generate", "--no-lint"],
        cwd=copy.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *libraries])},
        check=True,
        capture_output=True,
    )
    for path in (ROOT / "out").glob("*.yaml"):
        assert copy.out()[path.name] == path.read_bytes()


def _copy_stacks(copy: SmallProject) -> None:
    """Our definitions and what versions follow from: the manifest and the releases."""
    shutil.copytree(ROOT / "templates", copy.root / "templates", dirs_exist_ok=True)
    shutil.copytree(ROOT / "out", copy.root / "out")
    for path in (copy.root / "out").glob("*.yaml"):
        path.unlink()


def _interpreter(version: str) -> str | None:
    """A Python of this version that starts: on PATH, or one of pyenv's, whose shims stand for none."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{version}"), *map(str, root.glob(f"versions/{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


def test_out_is_what_templates_make() -> None:
    planned = pipeline.plan(Project(ROOT))
    assert planned.errors == ()
    assert set(planned.changes) == set(), "out/ is stale: run cfngen generate and commit what it writes"
