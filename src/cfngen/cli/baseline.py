"""What a stack is compared with: its last release, a revision of the repository, or a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cfngen import files, git
from cfngen.errors import OutError, UsageError, unknown
from cfngen.project import CLAIMS, Project
from cfngen.template.change.promises import read_claims
from cfngen.template.change.version import key
from cfngen.template.load import load
from cfngen.template.values import MAX_BYTES

RELEASE = "release"
DEFAULT_REVISION = "HEAD"
STAYS = "a deployed stack stays in the account, with all it holds, until it is deleted; then:"


@dataclass(frozen=True)
class Baseline:
    """A template to compare with, and where it comes from; `{}` where there is none yet.

    Attributes:
        name: what it is, in words; empty where there is none.
        template: the template.
        commit: where the values are that go with it; None where nobody knows.
        frozen: whether it is a release, which says nothing of who deployed it.
        claims: what the stack claims there, by name.
    """

    name: str
    template: dict[str, Any]
    commit: str | None = None
    frozen: bool = False
    claims: dict[str, Any] = field(default_factory=dict)


def baseline(project: Project, stack: str, against: str | None) -> Baseline:
    """What `against` names for the stack.

    Arguments:
        against: `release`, a file or a git revision; None: the last release, and before the first one what
            git has committed.

    Raises:
        UsageError: there is no such release, file or revision.
        TemplateError: what was found is not a template.
    """
    if against in {None, RELEASE}:
        released = last_release(project, stack)
        if released is not None:
            commit = _commit_of(project, released)
            return replace(
                _of_file(released, f"release {released.stem}", project), commit=commit, frozen=True
            )
        if against == RELEASE:
            raise UsageError(
                f"{stack} has no release",
                place=project.relative(project.releases / stack),
                remedy=f"release it (cfngen release), or compare with --against {DEFAULT_REVISION}",
            )
        if not git.is_repository(project.root):
            return Baseline("", {})
        against = DEFAULT_REVISION
    elif (path := Path(str(against))).is_file():
        return _of_file(path, str(against), project)
    revision = git.commit(project.root, str(against))
    name = f"out/{stack}.yaml"
    content = git.show(project.root, revision, name)
    if content is None:
        return Baseline("", {}, revision)
    claims = git.show(project.root, revision, f"out/{stack}{CLAIMS}")
    declared = {} if claims is None else read_claims(claims, f"{against}:out/{stack}{CLAIMS}")
    template = load(content, f"{against}:{name}").data
    return Baseline(str(against), template, revision, claims=declared)


def revision(project: Project, against: str | None) -> str | None:
    """The commit that tells which stacks there were; None where `against` is a file, or nobody knows.

    Raises:
        UsageError: there is no such revision.
    """
    if against in {None, RELEASE}:
        if not (git.is_repository(project.root) and git.exists(project.root, DEFAULT_REVISION)):
            return None
        against = DEFAULT_REVISION
    return None if Path(str(against)).is_file() else git.commit(project.root, str(against))


def _commit_of(project: Project, released: Path) -> str | None:
    """The commit that a release came with; the last one where it is not committed yet."""
    if not git.is_repository(project.root):
        return None
    return git.added(project.root, project.relative(released)) or revision(project, None)


def last_release(project: Project, stack: str) -> Path | None:
    """The frozen template with the greatest version; None before the first release."""
    found = (project.releases / stack).glob("*.yaml")
    return max(found, key=lambda path: key(path.stem), default=None)


def current_claims(project: Project, stack: str) -> dict[str, Any]:
    """The claims that out/ has for the stack."""
    return _claims_beside(project.out / f"{stack}.yaml", project)


def current(project: Project, stack: str) -> dict[str, Any]:
    """The stack's template as out/ has it.

    Raises:
        UsageError: out/ has none.
        TemplateError: it is not a template.
    """
    path = project.out / f"{stack}.yaml"
    if not path.is_file():
        known = [path.stem for path in project.out.glob("*.yaml")]
        raise unknown("stack", stack, known, remedy="make the templates of out/: cfngen generate")
    return _of_file(path, "", project).template


def _of_file(path: Path, name: str, project: Project) -> Baseline:
    shown = project.relative(path)
    try:
        content = files.read(path, MAX_BYTES)
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=shown) from error
    return Baseline(name, load(content, shown).data, claims=_claims_beside(path, project))


def _claims_beside(template: Path, project: Project) -> dict[str, Any]:
    path = template.with_name(template.name.removesuffix(".yaml") + CLAIMS)
    if not path.is_file():
        return {}
    return read_claims(path.read_bytes(), project.relative(path))
