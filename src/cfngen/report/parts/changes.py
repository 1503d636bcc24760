"""The versions of each stack, and what each changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cfngen import files
from cfngen.errors import OutError
from cfngen.present.differences.wording import MOST_PROMISES
from cfngen.project import CLAIMS, Project
from cfngen.report.source import ReportedStack, ReportSource
from cfngen.template.change.compare import Comparison, compare
from cfngen.template.change.promises import PromiseChange, promise_changes, read_claims
from cfngen.template.change.resource_types import Schemas
from cfngen.template.change.version import key
from cfngen.template.load import load
from cfngen.template.values import MAX_BYTES

MOST_COMPARED: Final = 3
"""The newest versions of each stack that are shown with their differences."""


@dataclass(frozen=True)
class Version:
    """One version of a stack.

    Attributes:
        version: its number; empty for what out/ has beyond the last release.
        before: the version that it is compared with; empty for the first one.
        comparison: what it changed; None for the first one, and for versions that are too old to be compared.
        promises: the claims that it added, changed or dropped, `MOST_PROMISES` of each.
        more_promises: how many more.
    """

    version: str
    before: str
    comparison: Comparison | None
    promises: tuple[PromiseChange, ...]
    more_promises: int = 0


@dataclass(frozen=True)
class StackChanges:
    """The versions of one stack, the newest first; `deployed` is the one that the environment deploys."""

    stack: ReportedStack
    deployed: str
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class _Frozen:
    version: str
    template: dict[str, Any]
    claims: dict[str, Any]


def changes(project: Project, source: ReportSource) -> tuple[StackChanges, ...]:
    """The versions of every stack of the environment.

    Raises:
        OutError: a release cannot be read.
        TemplateError: it is not a template.
    """
    schemas = Schemas(source.environment.region)
    return tuple(
        StackChanges(stack, stack.version, tuple(_versions(project, stack, schemas)))
        for stack in source.stacks
    )


def _versions(project: Project, stack: ReportedStack, schemas: Schemas) -> Iterator[Version]:
    released = sorted(stack.entry.releases, key=key, reverse=True)
    compared = [_frozen(project, stack, version) for version in released[: MOST_COMPARED + 1]]
    if project.out / f"{stack.name}.yaml" == project.root / stack.file and stack.version not in released:
        compared.insert(0, _Frozen(stack.version, dict(stack.template), dict(stack.claims)))
        released.insert(0, stack.version)
    for newer, older in pairwise(compared[: MOST_COMPARED + 1]):
        promises = promise_changes(older.claims, newer.claims)
        shown = [
            promise
            for action in ("drop", "change", "add")
            for promise in [each for each in promises if each.action == action][:MOST_PROMISES]
        ]
        yield Version(
            newer.version,
            older.version,
            compare(older.template, newer.template, schemas),
            tuple(shown),
            len(promises) - len(shown),
        )
    told = min(MOST_COMPARED, max(len(compared) - 1, 0))
    for version in released[told:]:
        yield Version(version, "", None, ())


def _frozen(project: Project, stack: ReportedStack, version: str) -> _Frozen:
    folder = project.releases / stack.name
    content, name = _read(project, folder / f"{version}.yaml"), f"{stack.name}/{version}.yaml"
    same = hashlib.sha256(content).hexdigest() == stack.sha256
    template = dict(stack.template) if same else load(content, name).data
    path = folder / f"{version}{CLAIMS}"
    claims = read_claims(_read(project, path), project.relative(path)) if path.is_file() else {}
    return _Frozen(version, template, claims)


def _read(project: Project, path: Path) -> bytes:
    try:
        return files.read(path, MAX_BYTES)
    except OSError as error:
        raise OutError(
            f"cannot be read: {error.strerror}",
            place=project.relative(path),
            remedy="restore it from git: releases are never changed",
        ) from error
