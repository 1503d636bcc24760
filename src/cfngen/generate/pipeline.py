"""The main job, templates/ -> out/: `plan` computes what out/ should hold, `write_plan` alone acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cfngen import files
from cfngen.errors import CfngenError, DefinitionError, OutError
from cfngen.generate import definitions, write
from cfngen.generate.definitions import Definition, locate
from cfngen.generate.inputs import Reads, forget, watching
from cfngen.generate.kept import Kept
from cfngen.generate.recorded import read as recorded_releases
from cfngen.generate.releases import Releases, stamp
from cfngen.manifest import MAX_BYTES, Manifest, StackEntry
from cfngen.project import CLAIMS, Project
from cfngen.template.capabilities import capabilities
from cfngen.template.values import as_text

if TYPE_CHECKING:
    from cfngen.define.stack import Stack


class FileChange(NamedTuple):
    """One file of out/: its bytes now and as they should be; None where there is no file."""

    before: bytes | None
    after: bytes | None


class Plan(NamedTuple):
    """What out/ should hold.

    Attributes:
        manifest: all stacks, as they will be.
        built: the stacks that this run is about, but those with errors.
        rendered: those of them whose definitions ran; the others are as they were.
        changes: by path relative to out/, only what differs.
        errors: what kept a stack from being built; the file and entry it had stay.
        warnings: what was made good in the manifest, and what cannot be known of it.
    """

    manifest: Manifest
    built: tuple[str, ...]
    rendered: frozenset[str]
    changes: Mapping[str, FileChange]
    errors: tuple[CfngenError, ...] = ()
    warnings: tuple[str, ...] = ()


def plan(project: Project, stacks: Sequence[str] = (), kept: Kept | None = None) -> Plan:
    """Render the stacks that are asked for (all when none is) and compare them with out/.

    A broken definition is an error of its own stack; the others are built.

    Arguments:
        kept: the renderings of the last run, which are taken where nothing has changed; without, all
            stacks are rendered.

    Raises:
        UsageError: a stack that no module defines.
        OutError: out/ cannot be read, holds a file of its own, or a frozen release was altered.
    """
    everything = definitions.find(project)
    chosen = definitions.select(everything, stacks)
    known = {definition.stack for definition in everything}
    recorded = recorded_releases(project, known, all_made=not stacks)
    before, warnings = recorded.manifest, recorded.warnings
    entries = {name: entry for name, entry in before.stacks.items() if name in known}
    releases = Releases(project, recorded.releases, recorded.claims(project))
    releases.verify()
    changes: dict[str, FileChange] = {}
    built: list[str] = []
    rendered: set[str] = set()
    errors: list[CfngenError] = []
    reads = Reads() if kept else None
    for definition in chosen:
        stack = definition.stack
        try:
            entry, made = kept.entry(stack, releases) if kept else None, None
            if entry is None:
                made, entry = _build(project, definition, releases, reads)
                if kept and reads:
                    kept.add(stack, entry, made, *reads.of(definition.module))
            _check_dependencies(project, definition, entry, known)
        except DefinitionError as error:
            errors.append(error)
            continue
        built.append(definition.stack)
        entries[definition.stack] = entry
        if made is None:
            continue
        rendered.add(stack)
        for name, content in made.items():
            if change := _change(project, name, content):
                changes[name] = change
    forget()
    errors.extend(_leave_circles(entries, before, built, changes))
    if not stacks:
        _remove_gone(project, known, before, changes)
    manifest = Manifest(entries)
    if change := _change(project, "manifest.json", manifest.to_bytes()):
        changes["manifest.json"] = change
    rendered.intersection_update(built)
    return Plan(manifest, tuple(built), frozenset(rendered), changes, tuple(errors), warnings)


def write_plan(project: Project, planned: Plan) -> None:
    """Bring out/ to what was planned, all files at once.

    Raises:
        BusyError, OutError: see `build.write`; out/ is as it was.
    """
    write.apply(project, {path: change.after for path, change in planned.changes.items()})


def template(project: Project, stack: str) -> dict[str, Any]:
    """One stack's template as data, stamped with its version.

    Raises:
        UsageError, DefinitionError, OutError: as `plan`.
    """
    (definition,) = definitions.select(definitions.find(project), [stack])
    _, data = _rendered(project, definition)
    forget()
    releases = recorded_releases(project, [stack], all_made=True).releases
    version, _ = Releases(project, releases).stamped(stack, data)
    return stamp(data, stack, version)


def _build(
    project: Project, definition: Definition, releases: Releases, reads: Reads | None
) -> tuple[dict[str, bytes | None], StackEntry]:
    """The files of a stack, None where it has none of that kind, and its entry."""
    stack, data = _rendered(project, definition, reads)
    from cfngen.generate.claims import claims_of
    from cfngen.generate.load_definition import own_errors
    from cfngen.generate.plain import plain
    from cfngen.generate.render import check_size

    with own_errors(project, definition):
        claims = claims_of(stack.claims, data, partial(_place, project, definition))
        depends_on = tuple(stack.depends_on)
        policy = stack.policy()
        if not isinstance(policy, dict | None):
            raise TypeError(f"policy() gives a stack policy as a mapping, or None, not {policy!r:.60}")
        stack_policy = policy and plain(policy)
    try:
        version, content = releases.stamped(definition.stack, data)
    except UnicodeEncodeError as error:
        character = f"U+{ord(error.object[error.start]):04X}, half of a character, which UTF-8 cannot write"
        raise DefinitionError(
            f"the text {ascii(error.object)[:60]} holds {character}", place=project.relative(definition.path)
        ) from error
    check_size(content, project.relative(definition.path))
    entry = StackEntry(
        version=version,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        capabilities=capabilities(data),
        depends_on=depends_on,
        termination_protection=stack.termination_protection,
        stack_policy=stack_policy,
        parameters={
            name: None if "Default" not in parameter else as_text(parameter["Default"])
            for name, parameter in data.get("Parameters", {}).items()
            if isinstance(parameter, dict)
        },
        releases=releases.recorded(definition.stack),
        claims=sha256(claims).hexdigest() if claims else None,
        released_claims=releases.recorded_claims(definition.stack),
    )
    return {f"{definition.stack}.yaml": content, f"{definition.stack}{CLAIMS}": claims}, entry


def _rendered(
    project: Project, definition: Definition, reads: Reads | None = None
) -> tuple[Stack, dict[str, Any]]:
    # Before troposphere: its package makes that quick.
    from cfngen.generate.load_definition import load, own_errors
    from cfngen.generate.render import render

    with watching(reads), own_errors(project, definition):
        stack = load(project, definition, reads)
        data = render(stack, partial(_place, project, definition))
    _check_protected(project, definition, stack.protected, data)
    return stack, data


def _place(project: Project, definition: Definition, logical_id: str) -> str:
    """Where the definition writes a logical id; the file where that cannot be told."""
    line = locate(project, definition.stack, logical_id) if logical_id else None
    return line or project.relative(definition.path)


def _change(project: Project, name: str, after: bytes | None) -> FileChange | None:
    """What is in out/ and what should be, None where that is the same."""
    before = _content(project, project.out / name)
    return None if before == after else FileChange(before, after)


def _content(project: Project, path: Path) -> bytes | None:
    try:
        return files.read(path, MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=project.relative(path)) from error


def _remove_gone(project: Project, known: set[str], before: Manifest, changes: dict[str, FileChange]) -> None:
    for path in sorted(project.out.glob("*.yaml")):
        if path.stem in known:
            continue
        if path.stem not in before.stacks:
            raise OutError(
                "no definition makes this file",
                place=project.relative(path),
                remedy="move it elsewhere: out/ holds only what is generated",
            )
        changes[path.name] = FileChange(_content(project, path), None)
    for path in sorted(project.out.glob(f"*{CLAIMS}")):
        if path.name.removesuffix(CLAIMS) not in known:
            changes[path.name] = FileChange(_content(project, path), None)


def _check_protected(
    project: Project, definition: Definition, protected: Sequence[str], data: Mapping[str, Any]
) -> None:
    for logical_id in protected:
        if logical_id not in data["Resources"]:
            raise DefinitionError(
                f"protects {logical_id}, which is not a resource of the stack",
                place=_place(project, definition, logical_id),
                remedy=f"known: {', '.join(data['Resources'])}",
            )


def _check_dependencies(project: Project, definition: Definition, entry: StackEntry, known: set[str]) -> None:
    for name in entry.depends_on:
        if name not in known:
            raise DefinitionError(
                f"depends on {name!r}, which no module defines",
                place=project.relative(definition.path),
                remedy=f"known: {', '.join(sorted(known))}",
            )


def _leave_circles(
    entries: dict[str, StackEntry], before: Manifest, built: list[str], changes: dict[str, FileChange]
) -> list[DefinitionError]:
    """Let stacks that would depend on each other in a circle be as they were; an error for each circle."""
    errors: list[DefinitionError] = []
    while circle := _circle(entries):
        ours = [stack for stack in circle if stack in built]
        if ours or not errors:
            told = " -> ".join([*circle, circle[0]])
            problem = f"the stacks depend on each other in a circle: {told}"
            errors.append(DefinitionError(problem, place="templates/"))
        if not ours:
            break
        for stack in ours:
            built.remove(stack)
            del entries[stack]
            if stack in before.stacks:
                entries[stack] = before.stacks[stack]
            for name in (f"{stack}.yaml", f"{stack}{CLAIMS}"):
                changes.pop(name, None)
    return errors


def _circle(entries: Mapping[str, StackEntry]) -> list[str]:
    """Stacks of which each depends on the next one, and the last on the first; empty where there are none."""
    from graphlib import CycleError, TopologicalSorter

    try:
        TopologicalSorter({name: entry.depends_on for name, entry in entries.items()}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle[1:]
    return []
