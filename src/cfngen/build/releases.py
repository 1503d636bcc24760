"""The frozen releases of out/releases/: whether they are as they were, and the version that comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from cfngen.build import emit
from cfngen.errors import OutError
from cfngen.manifest import FIRST_VERSION, Manifest
from cfngen.project import Project

_REMEDY = "get it back with git: a release never changes, a new version is a new file"

Stamp = Callable[[Mapping[str, Any], str, str], Mapping[str, Any]]


class Releases(NamedTuple):
    """All releases of a project, as its manifest records them."""

    project: Project
    manifest: Manifest

    def recorded(self, stack: str) -> Mapping[str, str]:
        """sha256 of each frozen version, oldest first."""
        entry = self.manifest.stacks.get(stack)
        return entry.releases if entry else {}

    def verify(self) -> None:
        """Raise OutError when a frozen file is gone or altered: what was released is what was reviewed."""
        for stack in self.manifest.stacks:
            for version, digest in self.recorded(stack).items():
                if sha256(self._read(stack, version)).hexdigest() != digest:
                    raise OutError(
                        "a frozen release was altered", place=self._place(stack, version), remedy=_REMEDY
                    )

    def version(self, stack: str, data: Mapping[str, Any], stamp: Stamp) -> str:
        """The version of `data`: the last release's where nothing differs, else the next one after it."""
        recorded = self.recorded(stack)
        if not recorded:
            return FIRST_VERSION
        last = list(recorded)[-1]
        released = self._read(stack, last)
        if released == emit.to_yaml(stamp(data, stack, last)):
            return last
        # Only a template that differs from its release pays for reading YAML and comparing.
        from cfngen.template.compare import version_of
        from cfngen.template.load import load

        version, _ = version_of(last, load(released, self._place(stack, last)).data, data)
        return version

    def _read(self, stack: str, version: str) -> bytes:
        path = self.project.releases / stack / f"{version}.yaml"
        try:
            return path.read_bytes()
        except OSError as error:
            raise OutError(
                f"cannot be read: {error.strerror}", place=self._place(stack, version), remedy=_REMEDY
            ) from error

    def _place(self, stack: str, version: str) -> str:
        return self.project.relative(self.project.releases / stack / f"{version}.yaml")
