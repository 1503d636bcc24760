"""Where everything is measured: copies of the project, in an environment where nothing is the user's."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.measure import Command, run

BENCHMARKS = Path(__file__).resolve().parent
PROGRAMS = BENCHMARKS / "programs"
PEERS = BENCHMARKS / "peers"

_PARTS = ("src", "templates", "deployments", "lint", "out", "generate.py", "pyproject.toml", ".cfnlintrc")


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        pairs: of every comparison.
        stacks: that rendering is measured with, beside one.
        resources: of each of the stacks that are compared, or deployed for their events.
        deployed: how many of the latter are deployed: each resource has two events.
        events: of CloudTrail, that are asked about.
    """

    pairs: int = 7
    stacks: int = 1000
    resources: int = 500
    deployed: int = 10
    events: int = 1_000_000


@dataclass(frozen=True)
class Place:
    """A folder that is thrown away, with a pristine copy of the project."""

    folder: Path
    sizes: Sizes

    @property
    def pristine(self) -> Path:
        return self.folder / "pristine"

    @cached_property
    def python(self) -> str:
        """The environment's own interpreter; sys.executable may be a version manager's."""
        return str(Path(sys.prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")

    @cached_property
    def environment(self) -> dict[str, str]:
        """Bytecode is kept, hashes are the same in every run, no configuration is the user's."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PATH": os.environ["PATH"],
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(self.pristine / "src"),
        }

    def command(self, project: Path, *arguments: str, ready: Callable[[], object] = lambda: None) -> Command:
        """Python with these arguments, in a project."""
        return Command([self.python, *arguments], project, self.environment, ready)

    def script(self, name: str) -> str:
        """A program of the environment."""
        return str(Path(sys.prefix) / "bin" / name)

    def project(self, name: str, stacks: Iterable[str] | None = None, *, releases: bool = True) -> Path:
        """Another copy; with `stacks`, only their definitions and what definitions share."""
        target = self.folder / name
        shutil.copytree(self.pristine, target)
        if not releases:
            shutil.rmtree(target / "out", ignore_errors=True)
        if stacks is not None:
            wanted = {f"{stack.replace('-', '_')}.py" for stack in stacks}
            for path in (target / "templates").glob("*.py"):
                if not path.name.startswith("_") and path.name not in wanted:
                    path.unlink()
        forget(target)
        run(self.command(target, "-m", "cfngen", "generate", "--no-lint"))
        return target

    def fresh(self, name: str) -> Path:
        """A project without definitions."""
        target = self.folder / name
        (target / "templates").mkdir(parents=True)
        shutil.copy(self.pristine / "generate.py", target)
        return target


def copied(root: Path, folder: Path, sizes: Sizes) -> Place:
    """A place with a copy of the project at `root`, generated anew."""
    place = Place(folder, sizes)
    place.pristine.mkdir()
    for part in _PARTS:
        source = root / part
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(source, place.pristine / part, ignore=skipped)
        elif source.is_file():
            shutil.copy(source, place.pristine / part)
    return place


def forget(project: Path) -> None:
    """Back to before the first run: no generated templates, no verdicts. Frozen releases stay."""
    for path in (project / "out").glob("*.*"):
        path.unlink()
    shutil.rmtree(project / ".cfngen", ignore_errors=True)


def stacks(project: Path) -> list[str]:
    """The stacks that a project defines."""
    names = (path.stem for path in sorted((project / "templates").glob("*.py")))
    return [name.replace("_", "-") for name in names if not name.startswith("_")]
