"""CodeBuild on this machine: a fresh clone, its own variables, the buildspec's commands phase by phase.

Only what would be installed anew is borrowed: the clone's `.venv`, `.venv-checkov` and node_modules are links
to this checkout's, which `make setup-proof` finds up to date. Verdicts of linter and type checker come along,
too; they are kept by content. All tests but a few are left out, through pytest's own PYTEST_ADDOPTS: the
others would run this again.

Phases follow https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html: what
fails before BUILD ends the build, POST_BUILD follows BUILD in any case, then reports and artifacts are
uploaded.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.projects import ROOT

BORROWED = (".venv", ".venv-checkov", "tests/proof/node_modules", "tests/browser/node_modules")
VERDICTS = (".cfngen", ".mypy_cache")
# Also what other tests write there meanwhile: it may be gone before it is copied.
NOT_SOURCE = (
    ".git",
    ".venv*",
    "node_modules",
    ".*cache",
    ".cfngen",
    ".coverage*",
    ".hypothesis",
    "__pycache__",
    "reports",
)
TESTS = "tests/test_manifest.py"
BUILDSPEC: dict[str, Any] = yaml.safe_load((ROOT / "buildspec.yml").read_text(encoding="utf-8"))
SECONDS = 900  # builds of a batch share the cores with other tests; only one that hangs takes longer


@dataclass
class Repository:
    """What developers push to: this checkout as it stands, on `main`."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Repository:
        """A repository of the files of this checkout, which may itself be an archive without history."""
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_SOURCE), symlinks=True)
        _git(root, "init", "--quiet", "--initial-branch", "main")
        made = cls(root)
        made._commit("main")
        return made

    def commit(self, branch: str, changed: Mapping[str, tuple[str, str]] | None = None) -> str:
        """Commit on a branch from main; returns the commit.

        Arguments:
            changed: by path, what is replaced in the file and by what.
        """
        _git(self.root, "checkout", "--quiet", "-B", branch, "main")
        for name, (old, new) in (changed or {}).items():
            text = (self.root / name).read_text(encoding="utf-8")
            assert old in text, name
            (self.root / name).write_text(text.replace(old, new), encoding="utf-8")
        return self._commit(f"change of {branch}")

    def amend(self) -> str:
        """Take what changed since into the last commit; returns the new one."""
        return self._commit("amended", "--amend")

    def _commit(self, message: str, *options: str) -> str:
        _git(self.root, "add", "--all")
        identity = ("-c", "user.name=dev", "-c", "user.email=dev@example.com")
        _git(self.root, *identity, "commit", "--quiet", "--allow-empty", "-m", message, *options)
        return _git(self.root, "rev-parse", "HEAD").strip()


@dataclass
class Build:
    """A build that has ended.

    Attributes:
        source: its clone.
        log: everything that was printed.
        phases: whether each phase that was entered succeeded, by name.
        variables: the exported ones.
    """

    source: Path
    log: str = ""
    phases: dict[str, bool] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return all(self.phases.values())

    @property
    def uploads(self) -> bool:
        """Whether CodeBuild gets as far as to upload reports and artifacts."""
        return "BUILD" in self.phases

    def reports(self) -> dict[str, list[Path]]:
        """The files of each report group."""
        groups = BUILDSPEC["reports"].items()
        return {name: self._found(group["files"]) for name, group in groups if self.uploads}

    def artifacts(self) -> set[str]:
        """The artifacts' paths."""
        found = self._found(BUILDSPEC["artifacts"]["files"]) if self.uploads else []
        return {path.relative_to(self.source).as_posix() for path in found}

    def _found(self, patterns: list[str]) -> list[Path]:
        return [path for pattern in patterns for path in self.source.glob(pattern) if path.is_file()]


def borrow(source: Path) -> None:
    """Lend a clone what this checkout has installed and found out."""
    for path in BORROWED:
        (source / path).symlink_to(ROOT / path)
    for path in VERDICTS:
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, source / path)


def build(
    repository: Repository,
    commit: str,
    source: Path,
    variables: Mapping[str, str],
    project: Mapping[str, str],
    phases: Collection[str] = tuple(BUILDSPEC["phases"]),
) -> Build:
    """Build a commit as CodeBuild does.

    Arguments:
        phases: only these, as if the others had succeeded.
        source: where to clone it to.
        variables: CodeBuild's own, and the credentials.
        project: the project's, which win over the buildspec's.
    """
    _git(source.parent, "clone", "--quiet", str(repository.root), str(source))
    _git(source, "checkout", "--quiet", "--detach", commit)
    borrow(source)
    (source / "reports").mkdir(exist_ok=True)
    said = source.parent / f"{source.name}.said"
    ran = subprocess.run(
        [BUILDSPEC["env"]["shell"], "-c", _script(said, phases)],
        cwd=source,
        env={
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(source.parent),
            "PYTHONPATH": str(source / "src"),  # the borrowed environment knows this checkout's
            "PYTEST_ADDOPTS": f"{TESTS} -p no:cacheprovider",
            "CODEBUILD_SRC_DIR": str(source),
            "CODEBUILD_RESOLVED_SOURCE_VERSION": commit,
            **BUILDSPEC["env"]["variables"],
            **project,
            **variables,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    done = Build(source, ran.stdout)
    for line in said.read_text(encoding="utf-8").splitlines():
        kind, name, value = line.split(" ", 2)
        if kind == "phase":
            done.phases[name] = value == "0"
        elif value:
            done.variables[name] = value
    return done


def _script(said: Path, phases: Collection[str]) -> str:
    """One shell for all phases, as in version 0.2; each command is given to it as it is written."""
    lines = ["export CODEBUILD_BUILD_SUCCEEDING=1"]
    for name in phases:
        phase = BUILDSPEC["phases"][name]
        commands = " && ".join(f"{{ eval {shlex.quote(command)}; }}" for command in phase["commands"])
        lines += [commands, "failed=$?"]
        for command in phase.get("finally", ()):
            lines += [f"eval {shlex.quote(command)} || failed=1"]
        ends = "exit" if name in {"install", "pre_build"} else ":"
        lines += [f"echo phase {name.upper()} $failed >>{shlex.quote(str(said))}"]
        lines += [f'[ "$failed" = 0 ] || {{ export CODEBUILD_BUILD_SUCCEEDING=0; {ends}; }}']
    for name in BUILDSPEC["env"]["exported-variables"]:
        lines += [f'echo variable {name} "${name}" >>{shlex.quote(str(said))}']
    return "\n".join(lines)


def _git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
