"""The account that an environment's stacks make, as IAM sees it: roles, policies, guarded resources."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal

from cfngen.template.access.managed_policies import statements
from cfngen.template.environment import physical_names
from cfngen.template.environment.deployment_file import environment
from tests.support.proof.tools import ACCOUNT, PROJECT, evaluate, scenario_targets, stacks, with_ids

FOREIGN = "999988887777"
VERSION = "2012-10-17"
ADMINISTRATOR = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
Document = Mapping[str, Any]
# AWS's deep-learning containers: any account may pull them, says nobody but the pulls that succeed.
AWS_REGISTRY = "763104351884"
AWS_IMAGES: Document = {
    "Version": VERSION,
    "Statement": [{"Sid": "AnyonePulls", "Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}],
}


@dataclass(frozen=True)
class Request:
    """Someone asks for something.

    Attributes:
        principal: a role's ARN, a service (`cloudtrail.amazonaws.com`), an OIDC provider's ARN, `anonymous`.
        action: such as `s3:GetObject`.
        resource: an ARN; `*` for an action that knows no resource.
        context: the request's condition keys, beyond those that AWS always sets.
        holds: the policies of the principal: the `stack`'s, `everything` (an administrator), or `nothing`.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)
    holds: Literal["stack", "everything", "nothing"] = "stack"


@dataclass(frozen=True)
class Decision:
    """IAM's answer.

    Attributes:
        allowed: whether the request goes through; None where the answer is none, and `because` says why.
        unchecked: condition keys that no service reference lists, so that the engine alone, without its
            vocabulary check, vouches for them.
        because: the statements that decided.
    """

    allowed: bool | None
    unchecked: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


class Account:
    """All stacks of one scenario."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.region = environment(PROJECT, name.partition(" ")[0]).region
        named = next(iter(scenario_targets(name).values())).parameters
        self.prefix = f"{named['Project']}-{named['Environment']}"
        self.roles: dict[str, Document] = {}  # the trust policy by ARN
        self.identity: dict[str, list[tuple[str, Document]]] = {}  # by role ARN
        self.boundary: dict[str, str] = {}  # by role ARN
        self.guarded: dict[str, Document] = {}  # the resource policy by ARN
        self.aliases: dict[str, list[str]] = defaultdict(list)  # by key ARN
        self.providers: list[str] = []
        everything = [
            (stack, *each) for stack in stacks(name) for each in stacks(name)[stack]["Resources"].items()
        ]
        self._managed = {
            self.reference(stack, logical_id): body["Properties"]["PolicyDocument"]
            for stack, logical_id, body in everything
            if body["Type"] == "AWS::IAM::ManagedPolicy"
        }
        for stack, logical_id, body in everything:
            self._add(stack, logical_id, body["Type"], body.get("Properties", {}))

    def has(self, stack: str, logical_id: str) -> bool:
        """Whether the resource is deployed."""
        return logical_id in stacks(self.name)[stack]["Resources"]

    def reference(self, stack: str, logical_id: str) -> str:
        """What `Ref` of a resource gives."""
        body = stacks(self.name)[stack]["Resources"][logical_id]
        found = physical_names.reference(
            logical_id, body["Type"], body.get("Properties", {}).get, self._scope
        )
        return str(with_ids(found, stack))

    def arn_of(self, stack: str, logical_id: str) -> str:
        """A resource's ARN."""
        body = stacks(self.name)[stack]["Resources"][logical_id]
        found = physical_names.attribute(
            logical_id, body["Type"], "Arn", body.get("Properties", {}).get, self._scope
        )
        return str(with_ids(found, stack))

    def arn(self, service: str, resource: str, account: str = ACCOUNT) -> str:
        """An ARN in this Region."""
        return f"arn:aws:{service}:{'' if service == 'iam' else self.region}:{account}:{resource}"

    def policies(self) -> dict[str, Document]:
        """Every policy that a role holds or could hold, by name."""
        return dict(each for held in self.identity.values() for each in held) | self._managed

    def deciding(self, request: Request) -> list[Document]:
        """The policies of our stacks that a request is judged by."""
        guard = self._guard(request.resource)
        held = self._held(request) if ":role/" in request.principal and request.holds == "stack" else []
        return [
            *([guard] if guard and guard is not AWS_IMAGES else []),
            *(document for name, document in held if not name.startswith("arn:")),
        ]

    def replaced(self, old: Document, new: Document) -> Account:
        """The same account with another policy in the place of one, wherever it is held."""
        changed = copy(self)
        changed.roles = {arn: new if document is old else document for arn, document in self.roles.items()}
        changed.guarded = {
            arn: new if document is old else document for arn, document in self.guarded.items()
        }
        changed.identity = {
            arn: [(name, new if document is old else document) for name, document in held]
            for arn, held in self.identity.items()
        }
        return changed

    def decide(self, requests: Sequence[Request]) -> list[Decision]:
        """IAM's answers, in one run of the evaluator."""
        return decide([(self, request) for request in requests])

    @property
    def _scope(self) -> dict[str, str]:
        return {"AccountId": ACCOUNT, "Region": self.region, "Partition": "aws", "URLSuffix": "amazonaws.com"}

    def _add(self, stack: str, logical_id: str, kind: str, properties: Mapping[str, Any]) -> None:
        match kind:
            case "AWS::IAM::Role":
                self._add_role(self.arn_of(stack, logical_id), properties)
            case "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy" | "AWS::IAM::RolePolicy":
                name = properties.get("ManagedPolicyName") or properties["PolicyName"]
                for role in [*properties.get("Roles", ()), *filter(None, [properties.get("RoleName")])]:
                    self._attach(self.arn("iam", f"role/{role}"), name, properties["PolicyDocument"])
            case "AWS::IAM::OIDCProvider":
                self.providers.append(self.arn_of(stack, logical_id))
            case "AWS::S3::BucketPolicy":
                self.guarded[f"arn:aws:s3:::{properties['Bucket']}"] = properties["PolicyDocument"]
            case "AWS::ECR::Repository" if "RepositoryPolicyText" in properties:
                self.guarded[self.arn_of(stack, logical_id)] = properties["RepositoryPolicyText"]
            case "AWS::SNS::TopicPolicy":
                self.guarded |= dict.fromkeys(properties["Topics"], properties["PolicyDocument"])
            case "AWS::KMS::Key":
                self.guarded[self.arn_of(stack, logical_id)] = properties["KeyPolicy"]
            case "AWS::KMS::Alias":
                target = properties["TargetKeyId"].rpartition("/")[2]
                self.aliases[self.arn("kms", f"key/{target}")].append(properties["AliasName"])

    def _add_role(self, arn: str, properties: Mapping[str, Any]) -> None:
        trust = properties["AssumeRolePolicyDocument"]
        self.roles[arn] = json.loads(trust) if isinstance(trust, str) else trust
        for inline in properties.get("Policies", ()):
            self._attach(arn, inline["PolicyName"], inline["PolicyDocument"])
        for managed in properties.get("ManagedPolicyArns", ()):
            self._attach(arn, managed, self.managed(managed))
        if "PermissionsBoundary" in properties:
            self.boundary[arn] = properties["PermissionsBoundary"]

    def _attach(self, role: str, name: str, document: Document) -> None:
        self.identity.setdefault(role, []).append((name, document))

    def managed(self, arn: str) -> Document:
        """A managed policy's content: ours from its stack, AWS's from the copy that cfngen ships."""
        if arn in self._managed:
            ours: Document = self._managed[arn]
            return ours
        found = statements(arn)
        assert found is not None, f"{arn} is unknown: nobody could judge what it allows"
        return {"Version": VERSION, "Statement": found}

    def simulations(self, request: Request) -> Iterator[dict[str, Any]]:
        """A request as the evaluator takes it.

        Which account an AWS service calls from is nowhere documented: its requests are judged without one
        and with a foreign one, and both must come out the same.
        """
        simulation: dict[str, Any] = {
            "request": {
                "principal": _caller(request.principal),
                "action": request.action,
                "resource": {"resource": request.resource, "accountId": _owner(request.resource)},
                "contextVariables": {**self._always(request), **request.context},
            },
            "additionalSettings": {"s3": {"blockPublicAccess": True}},
        }
        policy = self._guard(request.resource)
        # Without its key policy a key would be denied to everybody, whatever else is wrong.
        assert policy or ":key/" not in request.resource, f"no stack makes {request.resource}"
        if policy:
            simulation["resourcePolicy"] = policy
        if ":role/" in request.principal:
            simulation["identityPolicies"] = [
                {"name": name, "policy": document} for name, document in self._held(request)
            ]
            if request.principal in self.boundary:
                boundary = self.boundary[request.principal]
                simulation["permissionBoundaryPolicies"] = [
                    {"name": boundary, "policy": self.managed(boundary)}
                ]
        yield simulation
        if _is_service(request.principal):
            asked = simulation["request"]
            foreign = {**asked["contextVariables"], "aws:PrincipalAccount": "000011112222"}
            yield {**simulation, "request": {**asked, "contextVariables": foreign}}

    def _held(self, request: Request) -> list[tuple[str, Document]]:
        if request.holds == "nothing":
            return []
        if request.holds == "everything":
            return [("AdministratorAccess", ADMINISTRATOR)]
        assert request.principal in self.roles, f"no stack makes {request.principal}"
        return self.identity.get(request.principal, [])

    def _always(self, request: Request) -> dict[str, Any]:
        """The keys that AWS sets in each request."""
        always: dict[str, Any] = {
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": self.region,
            "aws:PrincipalIsAWSService": str(_is_service(request.principal)).lower(),
        }
        if request.action.startswith("s3:"):
            always |= {"s3:TlsVersion": "1.3", "aws:ResourceAccount": _owner(request.resource)}
        if request.resource in self.aliases:
            always["kms:ResourceAliases"] = self.aliases[request.resource]
        if _is_service(request.principal):
            always["aws:PrincipalServiceName"] = request.principal
        if ":role/" in request.principal:
            always |= {
                "aws:PrincipalArn": request.principal,
                "aws:PrincipalAccount": _owner(request.principal),
            }
            if request.action.startswith("kms:"):
                always["kms:CallerAccount"] = _owner(request.principal)
        return always

    def _guard(self, resource: str) -> Document | None:
        if resource in self.roles:
            return self.roles[resource]
        if resource.startswith("arn:aws:ecr:") and _owner(resource) == AWS_REGISTRY:
            return AWS_IMAGES
        return self.guarded.get(
            resource.split("/", 1)[0] if resource.startswith("arn:aws:s3:::") else resource
        )


def decide(asked: Sequence[tuple[Account, Request]]) -> list[Decision]:
    """IAM's answers to requests in accounts, in one run of the evaluator."""
    variants = [list(account.simulations(request)) for account, request in asked]
    answers = iter(evaluate([each for several in variants for each in several]))
    return [_decision([next(answers) for _ in several]) for several in variants]


def is_about(action: str, statement: Document) -> bool:
    """Whether a statement is about the action, whatever its resources and conditions."""
    listed = statement.get("Action", statement.get("NotAction"))
    patterns = [listed] if isinstance(listed, str) else listed
    about = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
    return about is ("Action" in statement)


@cache
def account(name: str) -> Account:
    """The account of one scenario."""
    return Account(name)


def _decision(answers: list[dict[str, Any]]) -> Decision:
    errors = [answer["error"] for answer in answers if "error" in answer]
    if errors:
        return Decision(None, because=(f"no request that AWS knows: {errors[0]}",))
    if len({answer["decision"] == "Allowed" for answer in answers}) > 1:
        return Decision(None, because=("depends on the account that an AWS service calls from",))
    answer = answers[0]
    return Decision(answer["decision"] == "Allowed", tuple(answer["unchecked"]), tuple(answer["because"]))


def _caller(principal: str) -> str | dict[str, str]:
    """Who IAM sees: of a role, always a session."""
    if principal == "anonymous":
        return {"type": "Anonymous"}
    if ":role/" in principal:
        return f"arn:aws:sts::{_owner(principal)}:assumed-role/{principal.rpartition('/')[2]}/session"
    return principal


def _is_service(principal: str) -> bool:
    return principal.endswith(".amazonaws.com")


def _owner(arn: str) -> str:
    """The account of an ARN; a bucket's does not say and is ours."""
    return (arn.split(":") + [""] * 5)[4] or ACCOUNT
