"""CloudFormation's answers, written down: checked against botocore's model, enumerations included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config
from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.session import Session
from botocore.stub import ANY, Stubber

from cfngen.aws.session import Account
from cfngen.aws.steps import Steps
from cfngen.deploy.request import Request
from cfngen.manifest import StackEntry

ACCOUNT = "111122223333"
REGION = "eu-west-1"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/dev-one/11111111-aaaa"
CHANGE_SET = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/NAME/22222222-bbbb"
NOW = datetime(2030, 1, 31, 12, 0, 0, tzinfo=UTC)

__all__ = ["ANY", "CHANGE_SET", "NOW", "STACK_ID", "Cloud", "FakeClock", "finish", "request"]


@dataclass
class FakeClock:
    """Time passes when somebody sleeps, and not otherwise."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def finish(steps: Steps[Any], clock: FakeClock) -> Any:
    """The steps' result, with the waiting done by the clock."""
    while True:
        try:
            clock.sleep(next(steps))
        except StopIteration as stop:
            return stop.value


_LOADER = create_loader()
_USUAL: Mapping[str, Mapping[str, Any]] = {"DescribeEvents": {"OperationEvents": []}, "GetStackPolicy": {}}


class Cloud:
    """An account whose CloudFormation gives the answers that were put in, in that order, and no others."""

    def __init__(self) -> None:
        session = Session()
        session.register_component("data_loader", _LOADER)
        self.client = session.create_client(
            "cloudformation",
            region_name=REGION,
            aws_access_key_id="x",
            aws_secret_access_key="y",
            config=Config(retries={"total_max_attempts": 1}),
        )
        # Asked in every plan, and most tests are about something else.
        for operation, answer in _USUAL.items():
            self._usually(operation, answer)
        self._stub = Stubber(self.client)
        self._stub.activate()
        arn = f"arn:aws:iam::{ACCOUNT}:user/me"
        self.account = Account(ACCOUNT, REGION, "aws", arn, lambda _service: self.client)

    def answer(self, operation: str, response: Mapping[str, Any], **expected: Any) -> Cloud:
        """The next call is this one, with these parameters (where any are given)."""
        model = self.client.meta.service_model.operation_model(operation)
        if model.output_shape is not None:
            check(model.output_shape, response, operation)
        self._stub.add_response(self._method(operation), dict(response), expected or None)
        return self

    def refuse(self, operation: str, code: str, message: str = "no", status: int = 400) -> Cloud:
        """The next call is this one, and fails."""
        self._stub.add_client_error(
            self._method(operation), service_error_code=code, service_message=message, http_status_code=status
        )
        return self

    def _usually(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Give this answer where no other one is put in."""
        method = self._method(operation)
        ask = getattr(self.client, method)
        setattr(self.client, method, lambda **asked: ask(**asked) if self._next() == operation else answer)

    def _next(self) -> str:
        queue = self._stub._queue
        return str(queue[0]["operation_name"]) if queue else ""

    def done(self) -> None:
        """Fail where an answer was not asked for."""
        self._stub.assert_no_pending_responses()

    def _method(self, operation: str) -> str:
        methods: dict[str, str] = self.client.meta.method_to_api_mapping
        return next(py for py, api in methods.items() if api == operation)

    # The answers that most conversations begin with.

    def stack(self, status: str | None, **more: Any) -> Cloud:
        """DescribeStacks; None: there is no such stack."""
        if status is None:
            return self.refuse("DescribeStacks", "ValidationError", "Stack with id dev-one does not exist")
        body = {"StackName": "dev-one", "StackId": STACK_ID, "CreationTime": NOW, "StackStatus": status}
        return self.answer("DescribeStacks", {"Stacks": [body | more]})

    def created(self, **expected: Any) -> Cloud:
        """CreateChangeSet."""
        return self.answer("CreateChangeSet", {"Id": CHANGE_SET, "StackId": STACK_ID}, **expected)

    def change_set(self, *changes: Mapping[str, Any], **more: Any) -> Cloud:
        """DescribeChangeSet: made and executable, unless `more` says otherwise."""
        body = {
            "ChangeSetName": "NAME",
            "ChangeSetId": CHANGE_SET,
            "StackId": STACK_ID,
            "StackName": "dev-one",
            "Status": "CREATE_COMPLETE",
            "ExecutionStatus": "AVAILABLE",
            "Tags": [{"Key": "Project", "Value": "t"}],
            "Changes": [{"Type": "Resource", "ResourceChange": dict(change)} for change in changes],
        }
        return self.answer("DescribeChangeSet", body | more)

    def template(self, template: Mapping[str, Any] | None = None) -> Cloud:
        """GetTemplate, of a change set or a stack: what is asked for, unless another one is given."""
        body = json.dumps(TEMPLATE if template is None else template)
        return self.answer("GetTemplate", {"TemplateBody": body})

    def events(self, *events: Mapping[str, Any], **more: Any) -> Cloud:
        """DescribeStackEvents, the newest first."""
        made = [
            {
                "StackId": STACK_ID,
                "StackName": "dev-one",
                "Timestamp": NOW,
                "EventId": str(id(event)),
                **event,
            }
            for event in events
        ]
        return self.answer("DescribeStackEvents", {"StackEvents": made} | more)


def of_stack(status: str, **more: Any) -> dict[str, Any]:
    """An event of the stack itself."""
    about = {"LogicalResourceId": "dev-one", "PhysicalResourceId": STACK_ID, "ResourceStatus": status}
    return about | {"ResourceType": "AWS::CloudFormation::Stack", "ClientRequestToken": TOKEN} | more


def of_resource(name: str, status: str, reason: str = "", **more: Any) -> dict[str, Any]:
    """An event of a resource."""
    about = {"LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason}
    return about | {"ResourceType": "AWS::SNS::Topic", "ClientRequestToken": TOKEN} | more


TOKEN = "NAME-22222222"


def check(shape: Shape, value: Any, place: str) -> None:
    """Fail where a value is not one of the model's enumeration: the Stubber does not look."""
    if isinstance(shape, StringShape) and shape.enum:
        assert value in shape.enum, f"{place}: {value} is not one of {shape.enum}"
    elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, item in value.items():
            assert name in shape.members, f"{place}.{name} is not in the model"
            check(shape.members[name], item, f"{place}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            check(shape.member, item, f"{place}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            check(shape.value, item, place)


TEMPLATE: Mapping[str, Any] = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}}}
}


def request(template: Mapping[str, Any] = TEMPLATE, **more: Any) -> Request:
    """What is asked for: one stack, `one`, deployed as `dev-one`."""
    from pathlib import Path

    made: dict[str, Any] = {
        "stack": "one",
        "stack_name": "dev-one",
        "path": Path("out/one.yaml"),
        "content": json.dumps(template).encode(),
        "template": template,
        "parameters": {},
        "secret": frozenset(),
        "tags": {"Project": "t"},
        "entry": StackEntry("1.0.0", "", 0),
    }
    return Request(**(made | more))
