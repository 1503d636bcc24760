"""`cfngen completion`: pressed in real shells, and what is offered for each kind of word."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfngen.cli.commands.completion import SCRIPTS
from cfngen.cli.completing import offer
from cfngen.cli.main import COMMANDS
from tests.support.projects import TOPIC, SmallProject, make

STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--interactive"],
}
BEFORE = {
    "bash": 'bind "set enable-bracketed-paste off"; eval "$(cfngen completion bash)"',
    "zsh": 'autoload -U compinit && compinit -D -u && eval "$(cfngen completion zsh)"',
    "fish": "cfngen completion fish | source",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    made = make(tmp_path_factory.mktemp("completion") / "project", news=TOPIC, alerts=TOPIC)
    made.render()
    for name, stacks in {"dev": ("news", "alerts"), "staging": ("news",)}.items():
        folder = made.root / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text("region: eu-west-1\n")
        for stack in stacks:
            (folder / f"{stack}.yaml").write_text(f"template-file-path: out/{stack}.yaml\n")
    (made.root / "my reports").mkdir()
    (made.root / "a plan.json").write_text("{}")
    return made


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["pl"], ["plan"]),
        (["help", "dr"], ["drift"]),
        (["--quiet", "--project", "list", "expl"], ["explain"]),
        (["--pro"], ["--project", "--profile"]),
        (["plan", "--env", ""], ["dev", "staging"]),
        (["plan", "--env=st"], ["--env=staging"]),
        (["plan", "--env", "=", "st"], ["staging"]),
        (["plan", "--env", "="], ["dev", "staging"]),
        (["plan", ""], ["alerts", "news"]),
        (["plan", "--env", "staging", ""], ["news"]),
        (["plan", "news", ""], ["alerts"]),
        (["plan", "--without", "al"], ["alerts"]),
        (["lint", "--format", "j"], ["json", "junit"]),
        (["lint", "--str"], ["--strict"]),
        (["lint", "--strict", "--str"], []),
        (["plan", "--without", "news", "--wit"], ["--without"]),
        (["lint", "--outp"], []),  # it still works, and is not shown
        (["new", ""], []),
        (["nonsense", ""], []),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ],
)
def test_what_is_offered(project: SmallProject, words: list[str], offered: list[str]) -> None:
    answer = offer(words, project.root)
    assert (answer.kind, [word for word, _ in answer.words]) == ("words", offered)


def test_every_command_and_all_its_options_are_offered(project: SmallProject) -> None:
    assert [word for word, _ in offer([""], project.root).words] == ["help", *COMMANDS]
    for command in COMMANDS:
        shown = project.cfngen(command, "--help").stdout
        words = [word for word, _ in offer([command, "--"], project.root).words]
        assert {"--help", "--quiet"} <= set(words)
        for word in words:
            assert word in shown


def test_files_and_folders_are_the_shells_own(project: SmallProject) -> None:
    assert offer(["plan", "--save", ""], project.root).kind == "files"
    assert offer(["--project", ""], project.root).kind == "folders"


def test_outside_a_project_commands_are_offered_all_the_same(tmp_path: Path) -> None:
    assert offer(["lis"], tmp_path).words[0][0] == "list"
    assert offer(["plan", "--env", ""], tmp_path).words == ()


def test_a_shell_that_is_not_known(project: SmallProject) -> None:
    assert project.cfngen("completion").returncode == 2
    assert "choose from: bash, zsh, fish" in project.cfngen("completion").stderr
    assert "invalid choice: 'ksh'" in project.cfngen("completion", "ksh").stderr


@pytest.mark.parametrize("shell", SCRIPTS)
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("cfngen expl\t", "cfngen explain "),
        ("cfngen explain --env st\t", "cfngen explain --env staging "),
        ("cfngen explain --env=st\t", "cfngen explain --env=staging "),
        ("cfngen explain al\t", "cfngen explain alerts "),
        ("cfngen explain --env dev ale\t", "cfngen explain --env dev alerts "),
        ("cfngen lint --stri\t", "cfngen lint --strict "),
        ("cfngen plan --save a\t", "cfngen plan --save a\\ plan.json "),
        ("cfngen --project my\t", "cfngen --project my\\ reports/"),
    ],
)
def test_tab_in_a_real_shell(project: SmallProject, shell: str, typed: str, line: str) -> None:
    if not (shutil.which(shell) and shutil.which("setsid")):
        pytest.skip(f"{shell} is not installed")
    with Shell(shell, project.root) as session:
        session.run(BEFORE[shell])
        # What stands in the line is seen from outside: it is made the argument of another command.
        assert session.completed(typed).rstrip("/") == line.rstrip(" /").replace("\\", "")


class Shell:
    """An interactive shell on a terminal of its own, with cfngen on its path."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._seen = ""
        bin_folder = folder.parent / "bin"
        bin_folder.mkdir(exist_ok=True)
        command = bin_folder / "cfngen"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m cfngen "$@"\n')
        command.chmod(0o755)
        self._log = folder.parent / f"{name}.log"
        show = bin_folder / "show"
        show.write_text(f'#!/bin/sh\necho "$@" >{self._log}.new; mv {self._log}.new {self._log}\n')
        show.chmod(0o755)
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *STARTS[name]],  # fish wants a terminal that controls it
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={
                "PATH": f"{bin_folder}:{os.environ['PATH']}",
                "HOME": str(folder.parent),
                "TERM": "xterm",
                "PS1": "$ ",
                "LANG": "C.UTF-8",
            },
        )
        os.close(slave)

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def run(self, command: str) -> None:
        """Run a command to its end."""
        self._log.unlink(missing_ok=True)
        self._type(f"{command}\n")
        self._type("show ready\n")
        assert self._shown() == "ready"

    def completed(self, typed: str) -> str:
        """The line after Tab was pressed, as the shell splits it."""
        self._log.unlink(missing_ok=True)
        self._type(f"{typed}\x01show \x05\n")  # to the line's begin, and to its end again
        return self._shown()

    def _type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _shown(self) -> str:
        for _ in self._reading(60):
            if self._log.exists():
                return self._log.read_text().strip()
        raise AssertionError(self._seen)

    def _reading(self, seconds: float) -> Iterator[None]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ready, _, _ = select.select([self._master], [], [], 0.1)
            if ready:
                self._seen += os.read(self._master, 65536).decode(errors="replace")
            yield
