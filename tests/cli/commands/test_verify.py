"""`cfngen verify` on a real emulator, from outside: what holds, and what is broken by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.account_world import Ran, World, botocore_session, topic
from tests.support.faults import Line
from tests.support.sandbox_account import limited
from tests.support.schemas import valid

ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "worker",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        },
    },
}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "verified-things"}}
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "verified-events"}}
STREAM = "arn:aws:kinesis:ap-southeast-1:111122223333:stream/meant"
COPY = {
    "Type": "AWS::Logs::SubscriptionFilter",
    "Properties": {"LogGroupName": {"Ref": "Group"}, "FilterPattern": "", "DestinationArn": STREAM},
}


def failing(ran: Ran) -> dict[str, Any]:
    """The claims that do not hold, by id."""
    return {each["id"]: each for each in ran.json["claims"] if each["outcome"] == "does-not-hold"}


@pytest.fixture
def deployed(here: World) -> World:
    template = topic("one")
    template["Resources"] |= {"Role": ROLE, "Bucket": BUCKET, "Group": GROUP, "Copy": COPY}
    here.stack("one", template, termination_protection=True)
    here.deploy()
    return here


def test_what_was_just_deployed_holds_in_full(deployed: World) -> None:
    ran = deployed.run("verify", "--format", "json", "--strict")
    valid("verify", ran.json)
    assert ran.code == 0, ran.out
    assert ran.json["counts"] == {"holds": 14, "does-not-hold": 0, "not-yet": 0, "cannot-tell": 0}
    assert ran.json["emulated"]


def test_the_last_line_counts_all_four_outcomes(deployed: World) -> None:
    ran = deployed.run("verify")
    assert ran.out.splitlines()[-1] == "14 claims: 14 hold, 0 do not hold, 0 not yet, 0 cannot tell"


def break_topic(here: World) -> None:
    arn = here.deployed()["dev-one"]["Outputs"][0]["OutputValue"]
    here.aws.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="DisplayName", AttributeValue="other"
    )


def subscribe(here: World) -> None:
    arn = here.deployed()["dev-one"]["Outputs"][0]["OutputValue"]
    here.aws.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")


def attach(here: World) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    here.aws.client("iam").attach_role_policy(RoleName="worker", PolicyArn=arn)


def put_inline(here: World) -> None:
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    here.aws.client("iam").put_role_policy(RoleName="worker", PolicyName="x", PolicyDocument=document)


def open_bucket(here: World) -> None:
    stranger = {"AWS": "arn:aws:iam::999988887777:root"}
    statement = {"Sid": "Open", "Effect": "Allow", "Principal": stranger, "Action": "s3:*"}
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [statement | {"Resource": "arn:aws:s3:::verified-things/*"}]}
    )
    here.aws.client("s3").put_bucket_policy(Bucket="verified-things", Policy=policy)


STRANGER = "arn:aws:logs:ap-southeast-1:999988887777:destination:stranger"


def copy_events(here: World) -> None:
    here.aws.client("logs").put_subscription_filter(
        logGroupName="verified-events", filterName="copy", filterPattern="", destinationArn=STRANGER
    )


def redirect_events(here: World) -> None:
    logs = here.aws.client("logs")
    (own,) = logs.describe_subscription_filters(logGroupName="verified-events")["subscriptionFilters"]
    logs.put_subscription_filter(
        logGroupName="verified-events",
        filterName=own["filterName"],
        filterPattern="",
        destinationArn=STRANGER,
    )


def copy_all_events(here: World, *but: str) -> None:
    leaving_out = {"selectionCriteria": f"LogGroupName NOT IN {json.dumps(but)}"} if but else {}
    here.aws.client("logs").put_account_policy(
        policyName="all",
        policyType="SUBSCRIPTION_FILTER_POLICY",
        policyDocument=json.dumps({"DestinationArn": STRANGER, "FilterPattern": ""}),
        **leaving_out,
    )


def longer_sessions(here: World) -> None:
    here.aws.client("iam").update_role(RoleName="worker", MaxSessionDuration=43200)


def unprotect(here: World) -> None:
    here.aws.client("cloudformation").update_termination_protection(
        EnableTerminationProtection=False, StackName="dev-one"
    )


def delete_role(here: World) -> None:
    here.aws.client("iam").delete_role(RoleName="worker")


BROKEN = {
    break_topic: ("Topic/as-template", "DisplayName: hello in the template, other in the account"),
    subscribe: ("Topic/nothing-added", "Subscription is email a@example.com, and no template sets that"),
    attach: (
        "Role/nothing-added",
        "ManagedPolicyArns is arn:aws:iam::aws:policy/AdministratorAccess, and no template sets that",
    ),
    put_inline: ("Role/nothing-added", "Policies[x] is "),
    open_bucket: ("Bucket/nothing-added", "BucketPolicy[Open] is "),
    copy_events: (
        "Group/nothing-added",
        f"SubscriptionFilter[copy] is {STRANGER}, and no template sets that",
    ),
    redirect_events: (
        "Copy/as-template",
        f"DestinationArn: {STREAM} in the template, {STRANGER} in the account",
    ),
    copy_all_events: (
        "Group/nothing-added",
        f"AccountPolicy[all] is {STRANGER}, and no template sets that",
    ),
    longer_sessions: ("Role/nothing-added", "MaxSessionDuration is 43200, and no template sets that"),
    unprotect: ("protection", "termination protection is off, and should be on"),
    delete_role: ("Role/as-template", "the resource does not exist any more"),
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_what_is_broken_is_found_by_the_claim_about_it_and_by_no_other(deployed: World, broken: Any) -> None:
    broken(deployed)
    ran = deployed.run("verify", "--format", "json")
    name, words = BROKEN[broken]
    assert ran.code == 1
    found = failing(ran)
    assert [*found] == [f"one/{name}"]
    (claim,) = found.values()
    assert words in "\n".join([claim["evidence"], *claim["details"]])


def test_a_look_that_gets_no_answer_says_nothing_about_the_bucket(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_bucket(deployed)
    line = Line("GetBucketPolicy", "500")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(deployed, "session", lambda: line.tap(botocore_session()))
    ran = deployed.run("verify", "--format", "json")
    (unsure,) = [each for each in ran.json["claims"] if each["outcome"] == "cannot-tell"]
    assert (unsure["id"], line.hits > 0) == ("one/Bucket/nothing-added", True)
    assert unsure["evidence"] == "GetBucketPolicy got no answer: internal failure"


def test_a_copy_that_leaves_the_log_group_out_is_not_about_it(deployed: World) -> None:
    copy_all_events(deployed, "other", "verified-events")
    assert deployed.run("verify").code == 0


def test_what_a_look_was_denied_is_told_and_what_was_seen_before_it_is_not_hidden(deployed: World) -> None:
    looks = ["cloudformation:*", "iam:*", "s3:*", "sns:*", "sts:GetCallerIdentity"]
    logs = ["logs:DescribeLogGroups", "logs:ListTagsForResource", "logs:DescribeSubscriptionFilters"]

    def verdict(*actions: str) -> tuple[str, list[str]]:
        with limited(deployed.aws, *looks, *actions):
            ran = deployed.run("verify", "--format", "json")
        (claim,) = [each for each in ran.json["claims"] if each["id"] == "one/Group/nothing-added"]
        return claim["outcome"], claim["needs"]

    assert verdict(*logs[:2]) == ("cannot-tell", ["logs:DescribeSubscriptionFilters"])
    assert verdict(*logs) == ("cannot-tell", ["logs:DescribeAccountPolicies"])
    copy_events(deployed)
    assert verdict(*logs) == ("does-not-hold", [])


def test_a_stack_that_is_not_there_and_an_exit_code_of_its_own(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.run("verify", "--format", "json", "--exit-code")
    assert ran.code == 3
    assert [*failing(ran)] == ["one/stack"]
    said = failing(ran)["one/stack"]["evidence"]
    assert said == f"there is no stack dev-one in account {here.aws.account}, ap-southeast-1"


def test_another_template_is_deployed(deployed: World) -> None:
    newer = topic("one")
    newer["Resources"]["Other"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    deployed.stack("one", newer)
    found = failing(deployed.run("verify", "--format", "json"))
    assert "with other content" in found["one/template"]["evidence"]


def test_a_template_that_no_update_would_bring_holds_and_says_so(deployed: World) -> None:
    """CloudFormation takes no update that changes no resource: the older template stays for good."""
    newer = topic("one") | {"Description": "newer", "Conditions": {"No": {"Fn::Equals": ["a", "b"]}}}
    newer["Resources"] |= {"Role": ROLE, "Bucket": BUCKET, "Group": GROUP, "Copy": COPY}
    newer["Resources"]["Never"] = {"Type": "AWS::SNS::Topic", "Condition": "No"}
    deployed.stack("one", newer)
    ran = deployed.run("verify", "--format", "json", "--all")
    assert "one/template" not in failing(ran)
    (said,) = [each for each in ran.json["claims"] if each["id"] == "one/template"]
    assert "would change nothing with these values" in said["evidence"]


def test_reports_for_a_build(deployed: World) -> None:
    from xml.etree.ElementTree import parse

    attach(deployed)
    xml, markdown = deployed.root / "reports" / "verify.xml", deployed.root / "reports" / "verify.md"
    assert deployed.run("verify", "--save", str(xml), "--save", str(markdown)).code == 1
    (suite,) = parse(xml).getroot()  # noqa: S314 - written by us
    assert (suite.attrib["name"], suite.attrib["tests"], suite.attrib["failures"]) == ("one", "14", "1")
    (failure,) = suite.iter("failure")
    assert "AdministratorAccess" in (failure.text or "")
    told = markdown.read_text()
    assert "### Do not hold" in told
    assert "| one | 13 | 1 | 0 | 0 |" in told


def test_denied_calls_say_which_action_is_needed(deployed: World) -> None:
    allowed = ["cloudformation:Describe*", "cloudformation:List*", "sts:GetCallerIdentity"]
    with limited(deployed.aws, *allowed):
        ran = deployed.run("verify", "--format", "json")
    claims = {each["id"]: each for each in ran.json["claims"]}
    assert ran.code == 0
    assert claims["one/stack"]["outcome"] == "holds"
    assert claims["one/template"]["needs"] == ["cloudformation:GetTemplate"]
    assert claims["one/Role/as-template"]["outcome"] == "cannot-tell"
    assert "iam:GetRole" in claims["one/Role/as-template"]["needs"]


def test_what_may_not_be_listed_is_asked_about_by_its_name(here: World) -> None:
    here.stack("one", topic("one"))
    here.stack("two", topic("two"))
    assert here.deploy().code == 0
    mine = f"arn:aws:cloudformation:*:{here.aws.account}:stack/dev-one/*"
    actions = ["cloudformation:Describe*", "cloudformation:List*", "cloudformation:Get*"]
    everywhere = ["sts:GetCallerIdentity", "cloudformation:GetResource", "sns:*"]
    with limited(here.aws, *everywhere, elsewhere={mine: actions}):
        ran = here.run("verify", "one", "--format", "json")
    assert ran.json["counts"]["cannot-tell"] == 0, ran.out
    assert ran.code == 0
    # Who may not look at the other stack does not know what it attaches to this one's resources.
    subscribe(here)
    with limited(here.aws, *everywhere, elsewhere={mine: actions}):
        ran = here.run("verify", "one", "--format", "json")
    assert (ran.code, failing(ran)) == (0, {})
    (unsure,) = [each for each in ran.json["claims"] if each["outcome"] == "cannot-tell"]
    assert unsure["id"] == "one/Topic/nothing-added"
    assert unsure["evidence"] == (
        "Subscription is email a@example.com; the stack two, which may attach it, cannot be looked at"
    )
    assert unsure["needs"] == ["cloudformation:DescribeStacks"]


def test_a_policy_that_another_stack_gives_to_its_role_is_meant_and_other_roles_are_not(here: World) -> None:
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": "look",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }
    one, two = topic("one"), topic("two")
    one["Resources"] |= {"Role": ROLE, "Policy": policy}
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/look"}
    another = {**ROLE["Properties"], "RoleName": "another", "ManagedPolicyArns": [arn]}
    two["Resources"]["Role"] = {"Type": "AWS::IAM::Role", "Properties": another}
    here.stack("one", one)
    here.stack("two", two, depends_on=["one"])
    assert here.deploy().code == 0
    verified = here.run("verify", "--format", "json")
    assert (verified.code, failing(verified)) == (0, {})
    iam = here.aws.client("iam")
    trust = json.dumps(ROLE["Properties"]["AssumeRolePolicyDocument"])
    iam.create_role(RoleName="stranger", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="stranger", PolicyArn=f"arn:aws:iam::{here.aws.account}:policy/look")
    found = failing(here.run("verify", "--format", "json"))
    assert [*found] == ["one/Policy/nothing-added"]
    assert found["one/Policy/nothing-added"]["details"] == ["Roles is stranger, and no template sets that"]
