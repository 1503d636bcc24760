"""Which stacks need no rendering, as nothing that their last rendering read has changed since.

What is kept is never wrong, only missing: every input is held against its content, and a file that changed
while it was read, or that cannot be told, makes its stack rendered again. The inputs are those of one folder:
a copy of the project takes the record along, and it says nothing about the copy's own files.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cfngen import files
from cfngen.generate import fresh
from cfngen.manifest import StackEntry
from cfngen.project import Project

if TYPE_CHECKING:
    from cfngen.generate.releases import Releases

FORMAT = 2


class Rendering(NamedTuple):
    """What was rendered, and of what.

    Attributes:
        entry: of the manifest.
        files: sha256 of each file of out/ that the stack has or might have, by its name there.
        inputs: a digest of each file and folder that was read, by its path.
        untold: why there may be other inputs; None where these are all.
    """

    entry: StackEntry
    files: Mapping[str, str]
    inputs: Mapping[str, str | None]
    untold: str | None = None


class Kept:
    """The renderings of the last run, and those of this one."""

    def __init__(self, project: Project, renderings: Mapping[str, Rendering], tools: str) -> None:
        self._project = project
        self._before = renderings
        self._tools = tools
        self._begun = time.time_ns()
        self._digests: dict[str, str | None] = {}
        self._ages: dict[str, bool] = {}
        self._now: dict[str, Rendering] = {}

    @classmethod
    def read(cls, project: Project) -> Kept:
        """What the last run kept; nothing where it cannot be read or is of other tools or another folder."""
        tools = sha256(fresh.renderers().encode()).hexdigest()
        try:
            data = json.loads(files.read(_file(project), _LARGEST))
            if (data["format"], data["tools"], data["root"]) != (FORMAT, tools, str(project.root)):
                return cls(project, {}, tools)
            renderings = {
                stack: Rendering(**{**fields, "entry": StackEntry.from_dict(fields["entry"])})
                for stack, fields in data["stacks"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(project, {}, tools)
        return cls(project, renderings, tools)

    def entry(self, stack: str, releases: Releases) -> StackEntry | None:
        """The stack's entry, where rendering it again would give it and the files that out/ has."""
        rendering = self._before.get(stack)
        if rendering is None or rendering.untold:
            return None
        before = rendering.entry
        if list(before.releases.items()) != list(releases.recorded(stack).items()):
            return None
        if before.released_claims != releases.recorded_claims(stack):
            return None
        out = {str(self._project.out / name): digest for name, digest in rendering.files.items()}
        if any(self._digest(path) != digest for path, digest in {**rendering.inputs, **out}.items()):
            return None
        self._now[stack] = rendering
        return rendering.entry

    def add(
        self,
        stack: str,
        entry: StackEntry,
        made: Mapping[str, bytes | None],
        read: Iterable[str],
        untold: str | None,
    ) -> None:
        """Take note of a stack that was rendered in this run."""
        inputs = {path: self._digest(path) for path in sorted(read)}
        for path in inputs.keys() - self._ages.keys():
            self._ages[path] = self._young(path)
        untold = untold or next((f"{path} has just changed" for path in inputs if self._ages[path]), None)
        untold = untold or next((f"{path} cannot be read" for path in inputs if inputs[path] is None), None)
        digests = {
            name: _MISSING if content is None else sha256(content).hexdigest()
            for name, content in made.items()
        }
        self._now[stack] = Rendering(entry, digests, inputs, untold)

    def write(self) -> None:
        """Keep this run's renderings, and the last one's of the stacks that this one left alone."""
        stacks = {**self._before, **self._now}
        if stacks == self._before:
            return
        data: dict[str, Any] = {"format": FORMAT, "tools": self._tools, "root": str(self._project.root)}
        data["stacks"] = {
            stack: {**rendering._asdict(), "entry": rendering.entry.to_dict()}
            for stack, rendering in stacks.items()
        }
        path = _file(self._project)
        try:
            self._project.make_cache()
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(data), encoding="utf-8")
            draft.replace(path)
        except OSError:
            return  # the next run renders again

    def outside(self) -> tuple[str, ...] | None:
        """The inputs outside of templates/ of all stacks of this run; None where there may be others.

        None, too, where one of them has changed since the run began: what was read of it is not known.
        """
        if any(rendering.untold for rendering in self._now.values()):
            return None
        inside = f"{self._project.templates}{os.sep}"
        paths = {path for rendering in self._now.values() for path in rendering.inputs}
        outside = sorted(path for path in paths if not path.startswith(inside))
        return None if any(map(self._young, outside)) else tuple(outside)

    def _digest(self, path: str) -> str | None:
        """Of a file's content or a folder's names; each is read once in a run."""
        if path not in self._digests:
            self._digests[path] = _digest(path)
        return self._digests[path]

    def _young(self, path: str) -> bool:
        """Whether the file changed so shortly before the run that it may have changed after it was read."""
        try:
            return os.stat(path).st_ctime_ns + fresh.TICK_NS > self._begun
        except OSError:
            return False


def _file(project: Project) -> Path:
    return project.cache / "rendered.json"


def _digest(path: str) -> str | None:
    """Of a file's content or a folder's names; None where it cannot be read."""
    try:
        if os.path.isdir(path):
            return sha256("\0".join(sorted(os.listdir(path))).encode(*_NAMES)).hexdigest()
        return sha256(files.read(Path(path), _LARGEST)).hexdigest()
    except FileNotFoundError:
        return _MISSING
    except OSError:
        return None


_MISSING = "missing"
_LARGEST = 64 * files.MEBIBYTE
_NAMES = (sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
