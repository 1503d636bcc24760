"""`cfngen watch`: a person edits and saves, and sees what comes of it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.projects import SmallProject, make

PATIENCE = 120  # seconds: cfn-lint's start on a busy machine
WATCHING = "watching templates/, deployments/ and lint/; Ctrl-C ends it"
TOPIC = """\
from troposphere import Ref
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.add(Topic("Topic", TopicName="first-name"))
"""


class Watched:
    """The running command, and what it has said since it was last asked."""

    def __init__(self, project: SmallProject, *arguments: str, terminal: bool = False) -> None:
        self._ours, theirs = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cfngen", "watch", *arguments],
            cwd=project.root,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "NO_COLOR": "1", "TERM": "xterm"},
        )
        os.close(theirs)
        self._said = ""
        self._arrived = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # how a terminal tells that nobody writes any more
                piece = b""
            with self._arrived:
                self._said += piece.decode(errors="replace").replace("\r\n", "\n")
                self._arrived.notify_all()
            if not piece:
                return

    def until(self, text: str = WATCHING) -> str:
        """What is said up to and with a text."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: text in self._said, PATIENCE), self._said
            said, _, self._said = self._said.partition(text)
        return said + text

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """The exit code after a signal, and what was said last."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        time.sleep(0.1)
        return code, self._said

    def cpu(self) -> float:
        """The seconds of processor time that the command has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = make(tmp_path / "project", store=TOPIC, other=TOPIC.replace("first-name", "other-name"))
    folder = made.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: eu-west-1\n")
    (folder / "store.yaml").write_text("template-file-path: out/store.yaml\n")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=made.root, check=True)
    made.render()
    identity = ["-c", "user.name=dev", "-c", "user.email=dev@example.com"]
    subprocess.run(["git", "add", "."], cwd=made.root, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "begin"], cwd=made.root, check=True)
    return made


@pytest.fixture
def watched(project: SmallProject) -> Iterator[Watched]:
    watch = Watched(project)
    try:
        watch.until()
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait()


def test_edit_save_see(project: SmallProject, watched: Watched) -> None:
    project.define("store", TOPIC.replace("first-name", "second-name"))
    said = watched.until()
    assert "  templates/store.py\ncompared with HEAD\n  store  1.0.0  major, 1 to replace\n" in said
    assert "only a new resource can have another TopicName" in said
    assert "TopicName  first-name -> second-name" in said
    assert "linted 1 stack: no findings" in said
    assert "the other stacks" not in said
    assert b"second-name" in project.out()["store.yaml"]
    project.define("store", TOPIC)
    assert "store: no change\n" in watched.until()


def test_a_broken_definition_is_told_and_so_is_the_mended_one(
    project: SmallProject, watched: Watched
) -> None:
    before = project.out()
    project.define("store", TOPIC.replace("TopicName=", "TopicNaem="))
    said = watched.until()
    assert "error: templates/store.py:7: AttributeError:" in said
    assert "TopicNaem" in said
    assert project.out() == before
    project.define("store", TOPIC.replace("(", "((", 1))
    assert "SyntaxError" in watched.until()
    project.define("store", TOPIC)
    said = watched.until()
    assert "error" not in said
    assert "store: no change\n" in said
    assert "linted 1 stack: no findings" in said


def test_what_cfn_lint_finds_is_shown_until_it_is_mended(project: SmallProject, watched: Watched) -> None:
    project.define("store", TOPIC.replace('"first-name"', 'Ref("Nowhere")'))
    said = watched.until()
    assert "out/store.yaml" in said
    assert "error E" in said
    assert "linted 1 stack: 1 error" in said
    project.define("other", TOPIC)
    assert "the other stacks: linted 1 stack: 1 error" in watched.until()
    project.define("store", TOPIC)
    assert "linted 1 stack: no findings" in watched.until()


def test_values_are_linted_when_they_are_saved(project: SmallProject, watched: Watched) -> None:
    file = project.root / "deployments" / "dev" / "store.yaml"
    file.write_text("template-file-path: out/store.yaml\nparameters: {Nmae: x}\n")
    said = watched.until()
    assert "deployments/dev/store.yaml" in said
    assert "Nmae is not a parameter" in said
    file.write_text("template-file-path: [\n")
    assert "error: deployments/dev/store.yaml:" in watched.until()
    file.write_text("template-file-path: out/store.yaml\n")
    assert "linted 1 stack: no findings" in watched.until()


def test_an_editor_that_writes_by_renaming_does_not_remove_the_stack(
    project: SmallProject, watched: Watched
) -> None:
    path = project.root / "templates" / "store.py"
    path.rename(path.with_suffix(".py~"))
    time.sleep(0.2)  # longer than two looks, shorter than what is taken for a removal
    new = path.with_suffix(".new")
    new.write_text(TOPIC.replace("first-name", "second-name"))
    new.rename(path)
    said = watched.until()
    assert "removed" not in said
    assert "first-name -> second-name" in said


def test_new_and_removed_definitions_and_a_shared_module(project: SmallProject, watched: Watched) -> None:
    project.define("more", TOPIC.replace("first-name", "more-name"))
    said = watched.until()
    assert "more  1.0.0  new" in said
    assert "new" in said
    (project.root / "templates" / "more.py").unlink()
    assert "removed out/more.yaml" in watched.until()
    project.define("_names", 'NAME = "first-name"\n')
    assert "no template changed" in watched.until()
    shared = "from templates._names import NAME\n" + TOPIC.replace('"first-name"', "NAME")
    project.define("store", shared)
    assert "store: no change\n" in watched.until()
    project.define("_names", 'NAME = "fourth-name"\n')
    assert "first-name -> fourth-name" in watched.until()


def test_it_ends_cleanly_and_rests_between_saves(project: SmallProject, watched: Watched) -> None:
    begun = watched.cpu()
    time.sleep(2)
    assert watched.cpu() - begun < 1.0
    code, said = watched.end()
    assert (code, said.strip()) == (0, "the watch has ended")
    assert project.cfngen("generate", "--check", "--no-lint").returncode == 0


def test_it_ends_in_the_middle_of_its_start_as_well(project: SmallProject) -> None:
    watch = Watched(project)
    time.sleep(1)
    code, said = watch.end(signal.SIGTERM)
    assert code in {0, 130, -signal.SIGTERM}
    assert "Traceback" not in said


def test_on_a_terminal_each_save_begins_the_screen_anew(project: SmallProject) -> None:
    watch = Watched(project, "store", terminal=True)
    try:
        watch.until()
        project.define("store", TOPIC.replace("first-name", "second-name"))
        said = watch.until()
        assert "\x1b[2J" in said
        assert "first-name -> second-name" in said.rpartition("\x1b[3J")[2]
        assert watch.end()[0] == 0
    finally:
        watch.process.kill()


def test_a_stack_that_nobody_defines(project: SmallProject) -> None:
    done = project.cfngen("watch", "stroe")
    assert done.returncode == 2
    assert "did you mean store?" in done.stderr


def test_a_changed_configuration_of_cfn_lint_counts_from_then_on(
    project: SmallProject, watched: Watched
) -> None:
    project.define("store", TOPIC.replace('"first-name"', 'Ref("Nowhere")'))
    rule = watched.until().partition("error E")[2][:4]
    file = project.root / ".cfnlintrc"
    file.write_text("ignore_checks: [\n")
    assert "error: " in watched.until()
    file.write_text(f"ignore_checks: [E{rule}]\n")
    watched.until()
    project.define("store", TOPIC.replace('"first-name"', 'Ref("Nobody")'))
    assert f"E{rule}" not in watched.until()
