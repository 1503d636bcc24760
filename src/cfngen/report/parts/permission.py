"""A changed permission as sentences of the page, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from cfngen.report.words import Text, text
from cfngen.template.access.limits import in_words
from cfngen.template.access.permissions import PermissionChange


def sentences(change: PermissionChange) -> Iterator[Text]:
    """Who may do what, under which condition, and which policy says so."""
    if not change.actions:  # addresses of a network, or what a principal becomes a part of
        yield Text(change.statement, {})
        return
    everyone: str | Text = text("everyone") if change.principal == "*" else change.principal
    values = {
        "who": everyone,
        "actions": ", ".join(change.actions),
        "resources": ", ".join(change.resources),
    }
    yield Text(_sentence(change).sentence, values)
    yield from _limits(change)
    if change.kind == "resource" and values["resources"] != change.holder:
        yield text("policy of {holder}", holder=change.holder)
    elif change.via:
        yield text("managed policy {name}", name=change.via)


def _sentence(change: PermissionChange) -> Text:
    if change.kind == "boundary":
        if change.gained:
            return text("{who} is limited by the permissions boundary {actions}")
        return text("{who} is no longer limited by the permissions boundary {actions}")
    if not change.resources:
        return _without_resource(change)
    if change.allows:
        if change.gained:
            return text("{who} is allowed {actions} on {resources}")
        return text("{who} is no longer allowed {actions} on {resources}")
    if change.gained:
        return text("{who} is denied {actions} on {resources}")
    return text("{who} is no longer denied {actions} on {resources}")


def _without_resource(change: PermissionChange) -> Text:
    if change.allows:
        if change.gained:
            return text("{who} is allowed {actions}")
        return text("{who} is no longer allowed {actions}")
    if change.gained:
        return text("{who} is denied {actions}")
    return text("{who} is no longer denied {actions}")


def _limits(change: PermissionChange) -> Iterator[Text]:
    now, before = change.condition, change.before
    if before is None or before == now:
        if now:
            yield text("under the condition {condition}", condition=in_words(now))
        return
    kept = tuple(limit for limit in now if limit in before)
    come = tuple(limit for limit in now if limit not in before)
    gone = tuple(limit for limit in before if limit not in now)
    if kept:
        yield text("under the condition {condition}", condition=in_words(kept))
    if come:
        yield text("now only if {condition}", condition=in_words(come))
    if gone:
        yield text("no longer only if {condition}", condition=in_words(gone))
