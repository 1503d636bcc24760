"""The frozen releases of out/releases/: whether they are as they were, and the version that comes next."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from cfngen import files
from cfngen.errors import OutError
from cfngen.generate.recorded import Digests, altered
from cfngen.manifest import FIRST_VERSION
from cfngen.project import CLAIMS, Project


def stamp(data: Mapping[str, Any], stack: str, version: str) -> dict[str, Any]:
    """The template with the stack's name and version in its Metadata, where CloudFormation sees no change."""
    mark = {"cfngen": {"Stack": stack, "Version": version}}
    return {**data, "Metadata": mark | dict(data.get("Metadata", {}))}


_NONE: Digests = MappingProxyType({})


class Releases(NamedTuple):
    """All releases of a project, as they are recorded."""

    project: Project
    digests: Digests
    claims: Digests = _NONE

    def recorded(self, stack: str) -> Mapping[str, str]:
        """sha256 of each frozen version, oldest first."""
        return self.digests.get(stack, {})

    def recorded_claims(self, stack: str) -> Mapping[str, str]:
        """sha256 of the claims that were frozen with a version."""
        return self.claims.get(stack, {})

    def verify(self) -> None:
        """Raise OutError when a frozen file is gone or altered: what was released is what was reviewed."""
        for stack, digests in self.digests.items():
            for version, digest in digests.items():
                content = self._read(stack, version)
                if sha256(content).hexdigest() != digest:
                    raise altered(self.project, stack, version, content)
        for stack, digests in self.claims.items():
            for version, digest in digests.items():
                if sha256(self._read(stack, version, CLAIMS)).hexdigest() != digest:
                    raise OutError(
                        "the claims of a frozen release were altered",
                        place=self._place(stack, version, CLAIMS),
                        remedy="get them back with git: a release never changes",
                    )

    def stamped(self, stack: str, data: Mapping[str, Any]) -> tuple[str, bytes]:
        """The version of `data` and its bytes: the last release's where nothing differs, else the next."""
        from cfngen.generate import emit

        *_, last = [None, *self.recorded(stack)]
        content = emit.to_yaml(stamp(data, stack, last or FIRST_VERSION))
        if last is None:
            return FIRST_VERSION, content
        released = self._read(stack, last)
        if released == content:
            return last, content
        # Only a template that differs from its release pays for reading YAML and comparing.
        from cfngen.template.change.compare import version_of
        from cfngen.template.load import load

        version, _ = version_of(last, load(released, self._place(stack, last)).data, data)
        return version, emit.to_yaml(stamp(data, stack, version))

    def _read(self, stack: str, version: str, ending: str = ".yaml") -> bytes:
        path = self.project.releases / stack / f"{version}{ending}"
        try:
            return files.read(path, files.MEBIBYTE)
        except OSError as error:
            raise OutError(
                f"cannot be read: {error.strerror}",
                place=self._place(stack, version, ending),
                remedy="get it back with git: a release never changes",
            ) from error

    def _place(self, stack: str, version: str, ending: str = ".yaml") -> str:
        return self.project.relative(self.project.releases / stack / f"{version}{ending}")
