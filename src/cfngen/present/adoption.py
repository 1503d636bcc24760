"""What exists and is taken into its stack, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cfngen.aws.session import Account
from cfngen.deploy.adoption.description import Description
from cfngen.deploy.adoption.examine import Examination
from cfngen.deploy.adoption.existing import Existing
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request
from cfngen.present import account as outcomes
from cfngen.present import visible
from cfngen.present.layout.lines import Line, line
from cfngen.present.layout.page import Block, Item, Page, Value, page_lines, place
from cfngen.template.likeness import Unlike
from cfngen.template.loops import expanded


def page(found: Examination, request: Request, account: Account, environment: str) -> Iterator[Line]:
    """What exists and how it differs, what is new, what is in the stack already."""
    items = [_existing(each, found) for each in found.search.existing]
    items += [_new(name, found, request) for name in found.new]
    block = Block(request.stack, request.entry.version, "", None, tuple(items))
    head = place(environment, account.id, account.region)
    yield from page_lines(Page(head, (block,), sums="", end=tuple(_end(found))))


def _existing(each: Existing, found: Examination) -> Item:
    described = found.import_.descriptions.get(each.named.logical_id) if found.import_ else None
    kind = f"{each.named.type}  {each.named.id}"
    if described is None:
        why = f"in the stack {each.owner}" if each.owner else "its type cannot be imported"
        return Item("impossible", each.named.logical_id, kind, sentences=(why,))
    values = tuple(
        Value(each.path, _text(each.actual) or None, _text(each.given) or None) for each in described.unlike
    )
    same = () if described.unlike or described.stays else ("as the template says",)
    return Item("import", each.named.logical_id, kind, values, (*same, *_remarks(described)))


def _remarks(described: Description) -> Iterator[str]:
    for each in described.stays:
        now = f" {actual}" if (actual := _text(each.actual)) else " as it is, without a value"
        given = _text(each.given) or "nothing"
        why = "only a new resource can have another value"
        yield f"{each.path} stays{now}, and the template says {given}: {why}"
    for each in described.unset:
        yield f"{each.path} stays {_text(each.actual)}: the template does not set it"


def _new(name: str, found: Examination, request: Request) -> Item:
    resources = expanded(request.template, request.parameters)["Resources"]
    sentences: tuple[str, ...] = ()
    if name in found.unnamed:
        sentences = (
            f"has no fixed name, so a new resource is made; to import an existing one: --id {name}=NAME",
        )
    return Item("add", name, str(resources[name].get("Type", "")), sentences=sentences)


def _end(found: Examination) -> Iterator[Line]:
    if found.inside:
        many = len(found.inside)
        yield line(f"{many} {'resource is' if many == 1 else 'resources are'} in the stack already", indent=2)
    if found.search.unknown:
        yield line(found.search.unknown, indent=2)
    if not found.search.existing:
        yield line("nothing to import", indent=2)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def imported(result: StackResult, request: Request, found: Examination) -> str:
    """How the import ended, where it did what was asked for; empty where it did not."""
    if not result.good or found.import_ is None:
        return ""
    many = len(found.import_.resources)
    are = "1 resource is in the stack now, as it was"
    if many > 1:
        are = f"{many} resources are in the stack now, as they were"
    told = [f"{request.stack}: imported: {are}"]
    return visible.lines([*told, *(f"  warning: {warning}" for warning in result.warnings)])


def document(
    found: Examination, request: Request, results: Sequence[StackResult], account: Account, environment: str
) -> dict[str, Any]:
    """The JSON of adopt, in the format of `adopt.schema.json`.

    Arguments:
        results: of the import, where there was one, and of the update.
    """
    whole = outcomes.document(results, account, environment)
    entries: list[Mapping[str, Any]] = whole.pop("stacks")
    return {
        **whole,
        "stack": request.stack,
        "stack_name": request.stack_name,
        "found": [_entry(each, found) for each in found.search.existing],
        "new": list(found.new),
        "inside": list(found.inside),
        "import": entries[0] if entries and found.import_ else None,
        "update": entries[-1] if len(entries) > bool(found.import_) else None,
    }


def _entry(each: Existing, found: Examination) -> dict[str, Any]:
    described = found.import_.descriptions.get(each.named.logical_id) if found.import_ else None
    return {
        "logical_id": each.named.logical_id,
        "type": each.named.type,
        "physical_id": each.named.id,
        "identifier": dict(each.identifier),
        "differences": [_unlike(item) for item in described.unlike] if described else [],
        "stays": [_unlike(item) for item in (*described.stays, *described.unset)] if described else [],
    }


def _unlike(item: Unlike) -> dict[str, str | None]:
    return {"path": item.path, "account": _text(item.actual), "template": _text(item.given)}
