"""What of a stack exists already, and what taking it in means; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cfngen.aws.reading import Calls
from cfngen.aws.resources import Scope
from cfngen.aws.session import Account
from cfngen.deploy.adoption.description import attachments
from cfngen.deploy.adoption.existing import Existing, Named, Search, named, search
from cfngen.deploy.adoption.importing import Base, Import, import_of
from cfngen.deploy.changeset.prepare import as_resolved, parsed
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.status import gone
from cfngen.template.change.resource_types import Schemas


class Examination(NamedTuple):
    """What was found.

    Attributes:
        inside: the logical ids of the resources that are in the stack already.
        search: what exists of the others.
        unnamed: the logical ids of those that have no fixed name: nobody can look for them.
        taken: what exists and is in another stack.
        unfit: what exists and cannot be imported, as CloudFormation does not import its type.
        lost: what does not exist, although a person gave its id.
        import_: what is to be taken in; None where that is nothing.
    """

    inside: tuple[str, ...] = ()
    search: Search = Search()
    unnamed: tuple[str, ...] = ()
    taken: tuple[Existing, ...] = ()
    unfit: tuple[Existing, ...] = ()
    lost: tuple[Named, ...] = ()
    import_: Import | None = None

    @property
    def new(self) -> tuple[str, ...]:
        """The logical ids of what the update will make."""
        return (*self.search.missing, *self.unnamed)


def examine(
    account: Account,
    request: Request,
    everything: Sequence[Request],
    stack: DeployedStack,
    given: Mapping[str, str],
    calls: Calls,
) -> Examination:
    """Look for every resource of the template that has a fixed name and is not in the stack yet.

    Arguments:
        everything: all that the environment asks for: what one stack attaches to another's resource is meant.
        given: the physical ids that a person gave, by logical id.

    Raises:
        CallError: an API gave no answer, or does not let us look.
        TemplateError: as `resolve`.
    """
    scope = Scope(account.id, account.region, account.partition)
    schemas = Schemas(account.region)
    inside = _inside(calls, stack)
    resources = {
        name: body
        for name, body in _resolved(account, request).get("Resources", {}).items()
        if name not in inside and isinstance(body, Mapping)
    }
    candidates, unnamed = named(resources, scope, schemas, given)
    found = search(calls, candidates, scope, schemas)
    taken = tuple(each for each in found.existing if each.owner)
    free = [each for each in found.existing if not each.owner]
    unfit = tuple(each for each in free if not each.identifier)
    wanted = [each for each in free if each.identifier]
    lost = tuple(each for each in candidates if each.logical_id in given and each.logical_id in found.missing)
    whole = None
    if wanted:
        base = _base(calls, stack) if inside else None
        names = {"AccountId": account.id, "Region": account.region, "Partition": account.partition}
        attached = attachments([_resolved(account, other) for other in everything], names)
        whole = import_of(request, wanted, base, schemas, attached)
    return Examination(tuple(sorted(inside)), found, tuple(unnamed), taken, unfit, lost, whole)


def _resolved(account: Account, request: Request) -> dict[str, Any]:
    return as_resolved(account, request.template, request.parameters, request.stack_name)


def _inside(calls: Calls, stack: DeployedStack) -> set[str]:
    if stack.status.creatable:
        return set()
    listed = calls.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack.id)
    return {each["LogicalResourceId"] for each in listed if not gone(each["ResourceStatus"])}


def _base(calls: Calls, stack: DeployedStack) -> Base:
    answer = calls("cloudformation", "GetTemplate", StackName=stack.id, TemplateStage="Original")
    return Base(parsed(answer["TemplateBody"], stack.name), stack.parameters)
