"""Puts resource types into MiniStack's own tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfngen.sandbox import private
from cfngen.sandbox.resources import audit, detection, identity, imports, money, queries, storage, watching
from cfngen.sandbox.resources.kinds import Completion, Properties, ResourceType

Made = tuple[str, dict[str, str]]

ALL: tuple[ResourceType | Completion, ...] = (
    *audit.TYPES,
    *detection.TYPES,
    *identity.TYPES,
    *money.TYPES,
    *queries.TYPES,
    *storage.TYPES,
    *watching.TYPES,
)


def install() -> None:
    """Add every type; once a process, before the emulator serves."""
    for kind in ALL:
        handlers = _whole(kind) if isinstance(kind, ResourceType) else _completed(kind)
        private.provisioners.RESOURCE_HANDLERS[kind.type_name] = handlers
        if kind.create_only is not None:
            private.provisioners.REPLACING_PROPERTIES[kind.type_name] = kind.create_only
        if kind.tags is not None:
            private.provisioners.STACK_TAG_PROPERTY[kind.type_name] = (kind.tags, "list")
    _leave_the_event_loop({kind.type_name for kind in ALL})
    _depend_on_metadata()
    imports.install()
    watching.answer_whole_projects()
    watching.accept_dashboard_tags()


def _whole(kind: ResourceType) -> dict[str, Any]:
    def create(logical_id: str, given: Properties, stack_name: str) -> Made:
        named = given.get(kind.named) if kind.named else None
        physical_id = kind.create(named or private.provisioners.physical_name(stack_name, logical_id), given)
        try:
            kind.configure(physical_id, given, {})
        except Exception:
            # CloudFormation does not know this one yet, so its rollback would leave it behind.
            kind.delete(physical_id, given)
            raise
        return physical_id, kind.attributes(physical_id, given)

    def update(physical_id: str, old: Properties, new: Properties, _stack_name: str) -> Made:
        kind.configure(physical_id, new, old)
        return physical_id, kind.attributes(physical_id, new)

    return {"create": create, "update": update, "delete": kind.delete}


def _completed(kind: Completion) -> dict[str, Any]:
    own = private.provisioners.RESOURCE_HANDLERS[kind.type_name]
    own_create: Callable[..., Made] = own["create"]
    own_update: Callable[..., Made] = own["update"]
    delete = kind.delete or own["delete"]

    def create(logical_id: str, given: Properties, stack_name: str) -> Made:
        physical_id, attributes = own_create(logical_id, given, stack_name)
        try:
            kind.configure(physical_id, given, {})
        except Exception:
            delete(physical_id, given)
            raise
        return physical_id, attributes

    def update(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:
        made, attributes = own_update(physical_id, old, new, *rest)
        kind.configure(made, new, old if made == physical_id else {})
        return made, attributes

    return {**own, "create": create, "update": update, "delete": delete}


def _leave_the_event_loop(names: set[str]) -> None:
    """Let these types run on threads: their handlers call the API that the event loop serves."""
    by_itself = private.stacks.runs_on_worker_thread
    private.stacks.runs_on_worker_thread = lambda name: name in names or by_itself(name)


def _depend_on_metadata() -> None:
    """Let a reference in Metadata order two resources too: templates write a conditional DependsOn so."""
    by_itself: Callable[[Properties, set[str]], set[str]] = private.engine.extract_deps

    def dependencies(definition: Properties, names: set[str]) -> set[str]:
        metadata = private.engine.intrinsic_references(definition.get("Metadata", {}))
        return by_itself(definition, names) | {name for name, _ in metadata if name in names}

    private.engine.extract_deps = dependencies
