"""What is live, in the template's terms: each resource's properties, read in the account.

AWS's own generic reader, Cloud Control's GetResource, knows most types by the schemas that CloudFormation
works with; the few without a read handler have a reader here.
https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations-read.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble
from cfngen.template.change.resource_types import Schemas

Call = Callable[..., dict[str, Any]]
"""One call of an API: the service, the operation, its parameters; raises CallError."""

GET_RESOURCE = "cloudformation:GetResource"
"""Cloud Control's actions have CloudFormation's prefix:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudcontrolapi.html"""

_GONE = {"ResourceNotFoundException", "NotFoundException"}


class Resource(NamedTuple):
    """One resource of a stack.

    Attributes:
        id: the physical id, what `Ref` gives.
        given: its properties as the template gives them, resolved.
    """

    type: str
    id: str
    given: Mapping[str, Any]


class Reading(NamedTuple):
    """What was found.

    Attributes:
        properties: as the template names them; None where nothing could be read.
        missing: whether the resource does not exist.
        reason: why it could not be read, a sentence without a full stop.
        needs: the IAM actions that the reader needs and was denied.
        api: what was asked.
    """

    properties: Mapping[str, Any] | None
    missing: bool = False
    reason: str = ""
    needs: tuple[str, ...] = ()
    api: str = "GetResource"


class Scope(NamedTuple):
    """Where a resource is: what identifiers are made of."""

    account: str
    region: str
    partition: str


def read(call: Call, resource: Resource, scope: Scope, schemas: Schemas) -> Reading:
    """A resource's properties now.

    Raises:
        CallError: the API gave no answer, and nothing follows from that about the resource.
    """
    if resource.type == "AWS::CloudFormation::WaitConditionHandle":
        return Reading({}, api="no API: it has no properties and no service")
    own = OWN_READERS.get(resource.type)
    if own is None and resource.type == "AWS::SNS::Subscription" and not resource.id.startswith("arn:"):
        own = _subscription
    try:
        if own is not None:
            found = own(call, resource)
            return Reading(found, missing=found is None, api="the service's own API")
        answer = call(
            "cloudcontrol",
            "GetResource",
            TypeName=resource.type,
            Identifier=identifier(resource, scope, schemas),
        )
    except CallError as error:
        return _unread(error, resource, schemas)
    properties: dict[str, Any] = json.loads(answer["ResourceDescription"]["Properties"])
    return Reading(properties)


def identifier(resource: Resource, scope: Scope, schemas: Schemas) -> str:
    """What Cloud Control knows the resource by: the schema's primary identifier, its parts joined by `|`.

    https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html

    >>> given = {"LogGroupName": "audit"}
    >>> filter = Resource("AWS::Logs::MetricFilter", "root-use", given)
    >>> identifier(filter, Scope("111122223333", "eu-west-1", "aws"), Schemas())
    'audit|root-use'
    """
    if resource.type == "AWS::Events::Rule" and not resource.id.startswith("arn:"):
        name = resource.id.replace("|", "/")
        return f"arn:{scope.partition}:events:{scope.region}:{scope.account}:rule/{name}"
    schema = schemas.get(resource.type)
    parts = [path[-1] for path in schema.primary_identifier] if schema else []
    if "|" in resource.id or not parts:
        return resource.id
    known = {"CatalogId": scope.account, **resource.given}
    # What the template names is surer than the physical id: of a bucket policy that may be a name of its own.
    named = [known.get(part) for part in parts]
    return "|".join(name if isinstance(name, str) else resource.id for name in named)


def _unread(error: CallError, resource: Resource, schemas: Schemas) -> Reading:
    if error.trouble is Trouble.MISSING or _code(error) in _GONE:
        return Reading(None, missing=True)
    if error.trouble is Trouble.DENIED:
        schema = schemas.get(resource.type)
        reads = schema.permissions("read") if schema else ()
        generic = error.operation == "GetResource"
        needs = (GET_RESOURCE, *reads) if generic else (f"{error.service}:{error.operation}",)
        return Reading(None, reason=f"denied: {error.said}", needs=needs)
    if _code(error) in {"UnsupportedActionException", "TypeNotFoundException"}:
        return Reading(None, reason=f"AWS has no reader for {resource.type}")
    raise error


def _code(error: CallError) -> str:
    """The service's own code of a refusal."""
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def capitalized(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a service's answer as CloudFormation names them.

    >>> capitalized({"filterName": "root-use"})
    {'FilterName': 'root-use'}
    """
    return {f"{name[0].upper()}{name[1:]}": value for name, value in answer.items()}


def _project(call: Call, resource: Resource) -> dict[str, Any] | None:
    projects = call("codebuild", "BatchGetProjects", names=[resource.id])["projects"]
    if not projects:
        return None
    (found,) = projects
    return {
        **capitalized(found),
        "Triggers": {"Webhook": "webhook" in found, **found.get("webhook", {})},
    }


def _topic_policy(call: Call, resource: Resource) -> dict[str, Any] | None:
    documents = [
        json.loads(call("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"].get("Policy", "{}"))
        for arn in resource.given["Topics"]
    ]
    odd = next((document for document in documents if document != documents[0]), documents[0])
    return {"Topics": resource.given["Topics"], "PolicyDocument": odd}


def _subscription(call: Call, resource: Resource) -> dict[str, Any] | None:
    """A subscription that nobody has confirmed has no ARN yet, so that it is looked up by what it is."""
    topic = resource.given["TopicArn"]
    found = call("sns", "ListSubscriptionsByTopic", TopicArn=topic)["Subscriptions"]
    wanted = resource.given["Protocol"], resource.given["Endpoint"]
    return next((item for item in found if (item["Protocol"], item["Endpoint"]) == wanted), None)


OWN_READERS: Mapping[str, Callable[[Call, Resource], dict[str, Any] | None]] = {
    "AWS::CodeBuild::Project": _project,
    "AWS::SNS::TopicPolicy": _topic_policy,
}
"""The types of ours without a read handler in their schema."""
