"""The wheel, installed as `make setup` of a new project installs it, with the libraries of these tests.

The environment is new and holds the wheel's own files. Libraries come from the environment of the tests by a
path file, so nothing is downloaded; this checkout's cfngen is not on that path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from functools import cached_property
from pathlib import Path

from tests.support.projects import ROOT, UNMEASURED


class Installed:
    """The wheel in an environment of its own.

    Attributes:
        wheel: the wheel's file.
        environment: the folder of the virtual environment.
    """

    def __init__(self, folder: Path, environment: Path) -> None:
        build = [
            sys.executable,
            "-m",
            "flit_core.wheel",
            "--outdir",
            str(folder),
            str(ROOT),
        ]  # as `make wheel` does
        subprocess.run(build, check=True, capture_output=True)
        (self.wheel,) = folder.glob("cfngen-*.whl")
        self.environment = environment
        venv.create(environment, symlinks=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", self.python, self.wheel],
            check=True,
        )
        (site,) = environment.glob("lib/python*/site-packages")
        (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @cached_property
    def variables(self) -> dict[str, str]:
        """What a shell with the environment activated has, and nothing of this checkout."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        identity = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "dev"), ("EMAIL", "dev@example.com"))
        }
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        return {**kept, **UNMEASURED, **identity, "PATH": path, "NO_COLOR": "1"}

    def run(self, command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in a folder; nobody sits there to answer."""
        return subprocess.run(
            ["bash", "-ec", command],
            cwd=folder,
            env={**self.variables, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
