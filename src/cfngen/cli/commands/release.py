"""`cfngen release`: freeze the templates of out/ as versions, and tell in CHANGELOG.md what each brings.

A release is out/releases/<stack>/<version>.yaml, the same bytes as out/<stack>.yaml at that time, and its
sha256 in the manifest. It never changes again: what differs is a new version.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from cfngen.cli import baseline
from cfngen.cli.console import Console
from cfngen.errors import OutError
from cfngen.manifest import Manifest
from cfngen.present.differences import changelog
from cfngen.present.differences.difference import Difference
from cfngen.project import CLAIMS, Project
from cfngen.template.change.compare import compare
from cfngen.template.change.promises import promise_changes

CHANGELOG = "CHANGELOG.md"

EXAMPLES = (
    "cfngen release",
    "cfngen release network",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="the stacks to release (default: all)")


def run(args: argparse.Namespace, project: Project, console: Console) -> int:
    """Refuse what is stale or has lint errors; freeze the rest."""
    from datetime import UTC, datetime

    from cfngen.generate import write

    with write.lock(project):
        manifest, stacks = _generated(project, args.stacks, console)
        if not _lints(project, stacks, console):
            return 1
        waiting = [stack for stack in stacks if not _is_released(project, manifest, stack)]
        if not waiting:
            console.data("nothing to release: every version is frozen already")
            return 0
        date = datetime.now(UTC).date().isoformat()
        _freeze(project, manifest, waiting, date)
    for stack in waiting:
        console.data(f"released {stack} {manifest.stacks[stack].version}")
    console.note(f"commit {project.relative(project.out)}/ and {CHANGELOG}")
    return 0


def _generated(project: Project, stacks: list[str], console: Console) -> tuple[Manifest, list[str]]:
    """The manifest and the stacks to release, once out/ is what templates/ say."""
    from cfngen.generate import pipeline

    console.progress("rendering ...")
    planned = pipeline.plan(project, stacks)
    for error in planned.errors:
        raise error
    if planned.changes:
        raise OutError(
            "is not what templates/ defines",
            place=", ".join(project.relative(project.out / path) for path in planned.changes),
            remedy="run cfngen generate, look at what it writes, then release",
        )
    return planned.manifest, list(planned.built)


def _lints(project: Project, stacks: list[str], console: Console) -> bool:
    from cfngen.generate.definitions import locate
    from cfngen.lint.runner import lint_project
    from cfngen.present.findings.text_format import render_text

    findings = lint_project(project, stacks, locate=partial(locate, project), progress=console.progress)
    console.progress("")
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        console.data(render_text(errors, console))
        console.say("nothing is released: correct the errors first")
    return not errors


def _is_released(project: Project, manifest: Manifest, stack: str) -> bool:
    """Whether the version is frozen: the same content, even where a newer cfngen would write it otherwise.

    Raises:
        OutError: a file that was never recorded has this version's place.
    """
    entry = manifest.stacks[stack]
    if entry.version in entry.releases:
        return True
    path = _path(project, manifest, stack)
    if path.is_file() and path.read_bytes() != (project.out / f"{stack}.yaml").read_bytes():
        raise OutError(
            "another template was released as this version",
            place=project.relative(path),
            remedy="a release never changes: get the file back with git, then run cfngen generate",
        )
    return False


def _freeze(project: Project, manifest: Manifest, stacks: list[str], date: str) -> None:
    """Write the changelog, then the frozen files and the manifest that records them.

    A run that is killed between the two leaves an entry that the next one finds; the other way round, nobody
    would ever write it.
    """
    from cfngen.generate import write

    files: dict[str, bytes | None] = {}
    entries = dict(manifest.stacks)
    told = []
    for stack in stacks:
        entry = manifest.stacks[stack]
        told.append(changelog.entry(_difference(project, stack, entry.version), date))
        content = (project.out / f"{stack}.yaml").read_bytes()
        files[_path(project, manifest, stack).relative_to(project.out).as_posix()] = content
        entry = entry._replace(releases={**entry.releases, entry.version: entry.sha256})
        if entry.claims is not None:
            frozen = _path(project, manifest, stack).with_suffix(CLAIMS).relative_to(project.out)
            files[frozen.as_posix()] = (project.out / f"{stack}{CLAIMS}").read_bytes()
            entry = entry._replace(released_claims={**entry.released_claims, entry.version: entry.claims})
        entries[stack] = entry
    files["manifest.json"] = Manifest(entries).to_bytes()
    path = project.root / CHANGELOG
    before = _read_changelog(path)
    _write_changelog(path, changelog.insert(before or changelog.HEAD, told))
    try:
        write.apply(project, files)
    except OutError:
        _write_changelog(path, before)
        raise


def _difference(project: Project, stack: str, version: str) -> Difference:
    new = baseline.current(project, stack)
    released = baseline.last_release(project, stack)
    if released is None:
        return Difference(stack, "", None, version, compare({}, new))
    old = baseline.baseline(project, stack, baseline.RELEASE)
    promises = promise_changes(old.claims, baseline.current_claims(project, stack))
    return Difference(stack, old.name, released.stem, version, compare(old.template, new), promises=promises)


def _path(project: Project, manifest: Manifest, stack: str) -> Path:
    return project.releases / stack / f"{manifest.stacks[stack].version}.yaml"


def _read_changelog(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise OutError(f"cannot be read: {error}", place=path.name) from error


def _write_changelog(path: Path, content: str | None) -> None:
    """In one step, so that no reader finds half of it; None removes it."""
    new = path.with_name(f".{path.name}.new")
    try:
        if content is None:
            path.unlink()
            return
        new.write_text(content, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise OutError(f"cannot be written: {error.strerror}", place=path.name) from error
