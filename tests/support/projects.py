"""Small projects to run the real commands in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Where the tests are measured, coverage is imported into every Python they start. A test that looks at what a
# run imports starts it with this in its environment.
UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
MEASURED = {name: os.environ.get(name, "") for name in UNMEASURED}

TOPIC = """\
from troposphere.sns import Topic

from cfngen.define.stack import Stack

stack = Stack("A topic")
stack.add(Topic("Topic", TopicName="news"))
"""


@dataclass(frozen=True)
class SmallProject:
    """A project in a folder of its own, with the real `generate.py`."""

    root: Path

    def copied(self, root: Path) -> SmallProject:
        """The same project in another folder, which is new."""
        return SmallProject(Path(shutil.copytree(self.root, root)))

    def define(self, module: str, source: str = TOPIC) -> Path:
        """Write a definition."""
        path = self.root / "templates" / f"{module}.py"
        path.write_text(source, encoding="utf-8")
        return path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments in the project."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**os.environ, "NO_COLOR": "1", **environment},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def generate(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python generate.py`."""
        return self.run("generate.py", *arguments, **environment)

    def render(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`cfngen generate --no-lint`."""
        return self.cfngen("generate", "--no-lint", *arguments, **environment)

    def cfngen(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`cfngen`."""
        return self.run("-m", "cfngen", *arguments, **environment)

    def out(self) -> Mapping[str, bytes]:
        """Every file of out/."""
        folder = self.root / "out"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def make(root: Path, **definitions: str) -> SmallProject:
    """A project with these definitions, by module name."""
    (root / "templates").mkdir(parents=True)
    shutil.copy(ROOT / "generate.py", root / "generate.py")
    project = SmallProject(root)
    for module, source in definitions.items():
        project.define(module, source)
    return project
