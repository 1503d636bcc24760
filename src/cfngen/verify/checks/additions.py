"""Nothing was set or attached that no template gives: what CloudFormation's own drift does not see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.defaults import is_default
from cfngen.template.likeness import Unlike
from cfngen.verify.actions import denied
from cfngen.verify.attached import (
    account_policies,
    has_bucket_policy,
    inline_policies_of_role,
    policies_of_role,
    roles_with_policy,
    subscription_filters,
    subscriptions_of_topic,
)
from cfngen.verify.beside import beside
from cfngen.verify.checks.resource import shown
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed
from cfngen.verify.results import Verdict, cannot_tell, fails, holds
from cfngen.verify.world import World

NEEDS = ("cloudformation:GetResource",)

# Of an account's policy, the log groups that it is not for, and the characters that their names are made of:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_LEFT_OUT = re.compile(r"LogGroupName\s+NOT\s+IN\s*\[(.*)\]", re.DOTALL)
_GROUP_NAME = re.compile(r"[\w./#-]+", re.ASCII)


def check(claim: Claim, world: World) -> Verdict:
    """Read the resource and look at what the template says nothing about."""
    stack = world.deployed(claim.stack)
    if stack is None or claim.about not in stack.ids:
        return cannot_tell("the stack is not deployed" if stack is None else "the resource is not deployed")
    reading = world.read(stack, claim.about)
    if reading.missing:
        return cannot_tell("the resource does not exist any more")._replace(missing=True)
    if reading.properties is None:
        return cannot_tell(reading.reason, reading.needs)
    found = _Found(world, stack, claim.about, reading.properties)
    added, attached, undecided = list(found.tags()), [], []
    failed = None
    try:
        for each in found.attached():
            attached.append(each)  # noqa: PERF402 - what came before a call that fails is kept
    except CallError as error:
        failed = error
    # A stack that could not be looked at may be what attached it.
    if not world.unseen:
        added += attached
    for name, value in found.unset():
        known = is_default(found.type, name, value)
        if known is False:
            added.append(Unlike(name, None, value))
        elif known is None:
            undecided.append(f"{name} {shown(value)}")
    if added:
        told = [f"{each.path} is {shown(each.actual)}, and no template sets that" for each in added]
        what = "one addition" if len(added) == 1 else f"{len(added)} additions"
        return fails(what, told)._replace(unlike=tuple(added))
    if attached:
        said = ", ".join(f"{each.path} is {shown(each.actual)}" for each in attached)
        needs = [need for error in world.unseen.values() for need in denied(error)]
        others = f"the stack {' or '.join(world.unseen)}"
        return cannot_tell(f"{said}; {others}, which may attach it, cannot be looked at", needs)
    if failed is not None:
        raise failed
    rest = f"; set by AWS as a default or by hand, which of the two is not known: {', '.join(undecided)}"
    return holds("nothing else is set" + (rest if undecided else ""))


class _Found:
    """One resource as it was read."""

    def __init__(self, world: World, stack: Deployed, logical_id: str, properties: Mapping[str, Any]) -> None:
        self.world = world
        self.type = stack.types[logical_id]
        self.id = stack.ids[logical_id]
        self.given = stack.properties[logical_id]
        self.properties = properties
        self.stack_tags = {tag["Key"] for tag in stack.described.get("Tags", ())}

    def unset(self) -> Iterator[tuple[str, Any]]:
        """The properties of the schema that the template does not set."""
        schema = self.world.schemas.get(self.type)
        if schema is None or not schema.permissions("read"):
            return
        known = schema.document.get("properties", {})
        hidden = {path[0] for path in schema.read_only} | {path[-1] for path in schema.primary_identifier}
        handled = {
            "AWS::IAM::Role": {"ManagedPolicyArns", "Policies"},
            "AWS::IAM::ManagedPolicy": {"Roles"},
            "AWS::SNS::Topic": {"Subscription"},
        }
        skipped = hidden | set(self.given) | handled.get(self.type, set()) | {schema.tags}
        for name, value in self.properties.items():
            # A name that CloudFormation made up is the physical id.
            if name in known and name not in skipped and value not in (self.id, self.id.rpartition(":")[2]):
                if name.endswith("Name") and isinstance(value, str) and value in self.id:
                    continue
                yield name, value
        unread = {
            ".".join(part for part in path if part != "*") for path in (*schema.read_only, *schema.write_only)
        }
        for path, value in beside(schema.root, self.given, self.properties):
            if "." in path and path not in unread and value != self.id:
                yield path, value

    def attached(self) -> Iterator[Unlike]:
        """What was attached from outside, and by no stack that could be looked at.

        Raises:
            CallError: a look failed; what was found before it is told.
        """
        if self.type == "AWS::IAM::Role":
            yield from self._role()
        elif self.type == "AWS::IAM::ManagedPolicy":
            yield from self._policy()
        elif self.type == "AWS::SNS::Topic":
            yield from self._topic()
        elif self.type == "AWS::Logs::LogGroup":
            yield from self._log_group()
        elif self.type == "AWS::S3::Bucket" and not has_bucket_policy(self.world, self.id):
            yield from self._bucket_policy()

    def tags(self) -> Iterator[Unlike]:
        """The tags that neither the template nor the stack gives."""
        schema = self.world.schemas.get(self.type)
        name = schema.tags if schema else None
        tags = self.properties.get(name or "", [])
        given = self.given.get(name or "", [])
        keys = {tag.get("Key") for tag in given} if isinstance(given, list) else set(given)
        found = [tag.get("Key", "") for tag in tags] if isinstance(tags, list) else list(tags)
        for key in found:
            if key not in keys and key not in self.stack_tags and not key.startswith("aws:"):
                yield Unlike(f"{name}[{key}]", None, key)

    def _role(self) -> Iterator[Unlike]:
        meant = {*self.given.get("ManagedPolicyArns", ()), *policies_of_role(self.world, self.id)}
        for arn in self.properties.get("ManagedPolicyArns") or ():
            if arn not in meant:
                yield Unlike("ManagedPolicyArns", None, arn)
        names = {policy.get("PolicyName") for policy in self.given.get("Policies", ())}
        names |= set(inline_policies_of_role(self.world, self.id))
        for policy in self.properties.get("Policies") or ():
            if policy["PolicyName"] not in names:
                yield Unlike(f"Policies[{policy['PolicyName']}]", None, policy.get("PolicyDocument"))

    def _policy(self) -> Iterator[Unlike]:
        meant = {*self.given.get("Roles", ()), *roles_with_policy(self.world, self.id)}
        for role in self.properties.get("Roles") or ():
            if role not in meant:
                yield Unlike("Roles", None, role)

    def _topic(self) -> Iterator[Unlike]:
        meant = {(each["Protocol"], each.get("Endpoint", "")) for each in self.given.get("Subscription", ())}
        meant |= set(subscriptions_of_topic(self.world, self.id))
        for each in self.properties.get("Subscription") or ():
            if (each["Protocol"], each.get("Endpoint", "")) not in meant:
                yield Unlike("Subscription", None, f"{each['Protocol']} {each.get('Endpoint', '')}")

    def _log_group(self) -> Iterator[Unlike]:
        """What copies the group's events elsewhere: its own filters, and the account's one for every group.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
        """
        pages = partial(self.world.calls.pages, "logs", after="nextToken")
        meant = subscription_filters(self.world, self.id)
        for each in pages("DescribeSubscriptionFilters", "subscriptionFilters", logGroupName=self.id):
            if each["filterName"] not in meant:
                yield Unlike(f"SubscriptionFilter[{each['filterName']}]", None, each["destinationArn"])
        meant = account_policies(self.world)
        kind = "SUBSCRIPTION_FILTER_POLICY"
        for each in pages("DescribeAccountPolicies", "accountPolicies", policyType=kind):
            left_out = _LEFT_OUT.search(each.get("selectionCriteria", ""))
            if each["policyName"] in meant or (left_out and self.id in _GROUP_NAME.findall(left_out[1])):
                continue
            destination = json.loads(each["policyDocument"]).get("DestinationArn")
            yield Unlike(f"AccountPolicy[{each['policyName']}]", None, destination)

    def _bucket_policy(self) -> Iterator[Unlike]:
        try:
            policy = self.world.calls("s3", "GetBucketPolicy", Bucket=self.id)["Policy"]
        except CallError as error:
            if error.trouble is Trouble.MISSING:
                return
            raise
        for statement in json.loads(policy).get("Statement", ()):
            yield Unlike(f"BucketPolicy[{statement.get('Sid', '')}]", None, statement)
