"""What the manifest records, made good where it was lost, cut or merged by halves.

A version must rise and a release must never change, whatever became of the manifest: what it no longer says
is read from out/releases/, and held against what git has recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cfngen.errors import CfngenError, OutError, TemplateError
from cfngen.manifest import CONFLICT, Manifest
from cfngen.project import CLAIMS, Project

Digests = Mapping[str, Mapping[str, str]]
"""sha256 of each frozen version, by stack, oldest first."""

# Where git keeps what is being brought together: https://git-scm.com/docs/gitrevisions
_REVISIONS = ("HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")


class Recorded(NamedTuple):
    """What is known of earlier runs.

    Attributes:
        manifest: the entries; none where the manifest was lost.
        releases: sha256 of every frozen version, by stack, oldest first.
        warnings: what was made good, and what cannot be known of it.
    """

    manifest: Manifest
    releases: Digests
    warnings: tuple[str, ...] = ()

    def claims(self, project: Project) -> Digests:
        """sha256 of the claims frozen with each version; of what the manifest lost, as they stand there."""
        known: dict[str, dict[str, str]] = {}
        for stack, releases in self.releases.items():
            entry = self.manifest.stacks.get(stack)
            known[stack] = dict(entry.released_claims) if entry else {}
            for version in releases:
                path = _path(project, stack, version).with_name(f"{version}{CLAIMS}")
                if (entry is None or version not in entry.releases) and path.is_file():
                    known[stack][version] = sha256(path.read_bytes()).hexdigest()
        return known


def read(project: Project, stacks: Collection[str], *, all_made: bool) -> Recorded:
    """The manifest, and the releases of these stacks.

    Arguments:
        stacks: those that definitions make.
        all_made: whether the run makes all of them; one stack alone cannot replace a lost manifest.

    Raises:
        OutError: the manifest is lost and not all stacks are made, or a frozen file is not that release.
    """
    manifest, lost = Manifest(), None
    try:
        manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    except OutError as error:
        if project.manifest.exists() or any(project.out.glob("*.yaml")) or project.releases.is_dir():
            lost = error
    if lost and not all_made:
        raise OutError(
            lost.problem, place=lost.place, remedy="make it again with all stacks: cfngen generate"
        )
    releases = {stack: dict(entry.releases) for stack, entry in manifest.stacks.items()}
    unknown = [
        (stack, version)
        for stack in sorted(stacks)
        for version in _frozen(project, stack)
        if version not in releases.get(stack, {})
    ]
    if not (lost or unknown):
        return Recorded(manifest, releases)
    unsure = _complete(project, releases, unknown, stacks if lost else {stack for stack, _ in unknown})
    frozen = f"{project.relative(project.releases)}/"
    warnings = [f"{lost.place}: {lost.problem}: made again from templates/ and {frozen}"] if lost else []
    if unsure:
        warnings.append(
            f"{frozen}: {', '.join(unsure)} recorded as found: neither the manifest nor git says what was "
            "released, so it may have been changed since"
        )
    return Recorded(manifest, {stack: _sorted(known) for stack, known in releases.items()}, tuple(warnings))


def altered(project: Project, stack: str, version: str, content: bytes) -> OutError:
    """The error for a frozen file that is not what was recorded."""
    place = project.relative(_path(project, stack, version))
    if CONFLICT in content:
        return OutError(
            f"{stack} {version} was released on two branches, and this file holds their conflict",
            place=place,
            remedy=f"keep the one that was deployed (git checkout --ours or --theirs -- {place}), then run "
            "cfngen generate: the other one's content gets the next version",
        )
    return OutError(
        "a frozen release was altered",
        place=place,
        remedy="get it back with git: a release never changes, a new version is a new file",
    )


def _complete(
    project: Project,
    releases: dict[str, dict[str, str]],
    unknown: list[tuple[str, str]],
    stacks: Collection[str],
) -> list[str]:
    """Add what git has recorded of the stacks and what stands there; returns what only the latter says."""
    in_git: dict[tuple[str, str], set[str]] = {}
    for manifest in _in_git(project):
        for stack in stacks:
            entry = manifest.stacks.get(stack)
            for version, digest in (entry.releases if entry else {}).items():
                in_git.setdefault((stack, version), set()).add(digest)
    unsure = []
    for stack, version in unknown:
        content = _content(project, stack, version)
        digest = sha256(content).hexdigest()
        known = in_git.pop((stack, version), None)
        if known is None:
            _check_stamp(project, stack, version, content)
            unsure.append(f"{stack} {version}")
        elif digest not in known:
            raise altered(project, stack, version, content)
        releases.setdefault(stack, {})[version] = digest
    for (stack, version), digests in in_git.items():
        releases.setdefault(stack, {}).setdefault(version, min(digests))  # gone: `Releases.verify` says so
    return unsure


def _in_git(project: Project) -> Iterator[Manifest]:
    from cfngen import git

    for revision in _REVISIONS:
        try:
            content = git.show(project.root, revision, project.relative(project.manifest))
            if content is not None:
                yield Manifest.from_bytes(content, revision)
        except CfngenError:  # no git, or that commit has none that can be read
            continue


def _frozen(project: Project, stack: str) -> list[str]:
    """The versions that out/releases/ has of a stack."""
    return sorted(path.stem for path in (project.releases / stack).glob("*.yaml"))


def _check_stamp(project: Project, stack: str, version: str, content: bytes) -> None:
    from cfngen.template.load import load

    place = project.relative(_path(project, stack, version))
    if CONFLICT in content:
        raise altered(project, stack, version, content)
    try:
        mark = load(content, place).data.get("Metadata", {}).get("cfngen")
    except TemplateError as error:
        raise OutError(
            f"is not a release of {stack}: {error.problem}",
            place=place,
            remedy="another template stands at the place of a release: get it back with git, or remove it",
        ) from error
    if mark != {"Stack": stack, "Version": version}:
        raise OutError(
            f"is not release {version} of {stack}: its Metadata says otherwise",
            place=place,
            remedy="another template stands at the place of a release: get it back with git, or remove it",
        )


def _content(project: Project, stack: str, version: str) -> bytes:
    from cfngen import files

    path = _path(project, stack, version)
    try:
        return files.read(path, files.MEBIBYTE)
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=project.relative(path)) from error


def _path(project: Project, stack: str, version: str) -> Path:
    return project.releases / stack / f"{version}.yaml"


def _sorted(known: Mapping[str, str]) -> dict[str, str]:
    from cfngen.template.change.version import key

    return {version: known[version] for version in sorted(known, key=key)}
