"""`cfngen publish` on a real emulator, from outside; the links decoded again."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from cfngen.aws.session import Account
from cfngen.deploy.bucket import object_url
from cfngen.deploy.publish import publish, quick_create_link
from cfngen.deploy.request import Request
from cfngen.errors import AccountError
from cfngen.manifest import Manifest, StackEntry
from cfngen.project import Project
from cfngen.template.environment.deployment_file import deployment, deployments, environment, environments
from tests.support.account_world import World, topic
from tests.support.projects import ROOT
from tests.support.schemas import valid

BUCKET = "templates-of-a-test"
CONTENT = b"Resources: {}"
_ENTRY = StackEntry("1.0.0", "", 0)
PROJECT = Project(ROOT)


def versioned(name: str, version: str = "1.0.0", **properties: Any) -> dict[str, Any]:
    return topic(name, **properties) | {"Metadata": {"cfngen": {"Stack": name, "Version": version}}}


def decoded(link: str) -> tuple[str, str, dict[str, str]]:
    """The template's URL, the stack's name and the parameters of a quick-create link."""
    page, _, query = urlsplit(link).fragment.partition("?")
    assert page == "/stacks/create/review"
    asked = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    url, name = asked.pop("templateURL"), asked.pop("stackName")
    assert all(key.startswith("param_") for key in asked)
    return url, name, {key.removeprefix("param_"): value for key, value in asked.items()}


@pytest.fixture
def bucket(here: World) -> Any:
    s3 = here.aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": here.aws.region})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_each_template_is_under_its_version_byte_for_byte(here: World, bucket: Any) -> None:
    here.stack("one", versioned("one", "1.2.0"), {"Word": "hi"})
    here.stack("two", versioned("two"))
    ran = here.run("publish", "--bucket", BUCKET, "--format", "json")
    assert ran.code == 0, ran.err
    valid("publish", ran.json)
    assert {name: (each["key"], each["new"]) for name, each in ran.stacks.items()} == {
        "one": ("one/1.2.0.yaml", True),
        "two": ("two/1.0.0.yaml", True),
    }
    content = (here.root / "out" / "one.yaml").read_bytes()
    assert bucket.get_object(Bucket=BUCKET, Key="one/1.2.0.yaml")["Body"].read() == content
    url, name, values = decoded(ran.stacks["one"]["quick_create"])
    assert (url, name, values) == (ran.stacks["one"]["url"], "dev-one", {"Word": "hi"})


@pytest.mark.usefixtures("bucket")
def test_the_console_can_create_a_stack_from_the_link(here: World) -> None:
    here.stack("one", versioned("one"), {"Word": "hi"})
    ran = here.run("publish", "--bucket", BUCKET, "--format", "json")
    url, name, values = decoded(ran.stacks["one"]["quick_create"])
    here.aws.client("cloudformation").create_stack(
        StackName=name,
        TemplateURL=url,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    )
    assert here.status("one") in {"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}


def test_the_same_again_changes_nothing(here: World, bucket: Any) -> None:
    here.stack("one", versioned("one"))
    assert "one 1.0.0: published\n" in here.run("publish", "--bucket", BUCKET).out
    assert "one 1.0.0: there already\n" in here.run("publish", "--bucket", BUCKET).out
    assert len(bucket.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_another_template_under_the_same_version_is_refused(here: World, bucket: Any) -> None:
    here.stack("one", versioned("one"))
    here.run("publish", "--bucket", BUCKET)
    here.stack("one", versioned("one", DisplayName="another"))
    ran = here.run("publish", "--bucket", BUCKET)
    assert (ran.code, ran.out) == (1, "")
    assert f"out/one.yaml: {BUCKET} has another template under one/1.0.0.yaml" in ran.err
    assert "cfngen release" in ran.err
    assert len(bucket.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_a_stack_can_give_out_the_bucket(here: World, bucket: Any) -> None:
    holder = versioned("holder") | {"Outputs": {"TemplateBucketName": {"Value": BUCKET}}}
    here.stack("holder", holder)
    here.stack("one", versioned("one"))
    ran = here.run("publish", "one")
    assert ran.code == 1
    assert "dev-holder, which holds the bucket, is not deployed" in ran.err
    assert here.deploy("holder").code == 0
    ran = here.run("publish", "one")
    assert ran.code == 0, ran.err
    assert bucket.head_object(Bucket=BUCKET, Key="one/1.0.0.yaml")["ContentType"] == "application/yaml"


def test_without_any_bucket_it_says_what_to_do(here: World) -> None:
    here.stack("one", versioned("one"))
    ran = here.run("publish")
    assert (ran.code, ran.out) == (2, "")
    assert "--bucket" in ran.err


def test_a_bucket_that_does_not_exist_is_an_error(here: World) -> None:
    here.stack("one", versioned("one"))
    ran = here.run("publish", "--bucket", "no-such-bucket")
    assert ran.code == 1
    assert "PutObject" in ran.err


def test_a_template_without_version_is_refused(here: World, bucket: Any) -> None:
    here.stack("one", topic("one"))
    ran = here.run("publish", "--bucket", BUCKET)
    assert ran.code == 1
    assert "out/one.yaml: has no version" in ran.err
    assert "Contents" not in bucket.list_objects_v2(Bucket=BUCKET)


def test_bytes_that_are_not_the_manifests_are_not_published(here: World, bucket: Any) -> None:
    here.stack("one", versioned("one"))
    path = here.root / "out" / "one.yaml"
    path.write_bytes(path.read_bytes() + b"# edited\n")
    ran = here.run("publish", "--bucket", BUCKET)
    assert ran.code == 1
    assert "is not what the manifest says" in ran.err
    with pytest.raises(ClientError):
        bucket.head_object(Bucket=BUCKET, Key="one/1.0.0.yaml")


@pytest.mark.usefixtures("bucket")
def test_secrets_are_neither_in_links_nor_in_files(here: World, tmp_path: Path) -> None:
    template = versioned("one")
    template["Parameters"]["Secret"] = {"Type": "String", "NoEcho": True}
    here.stack("one", template, {"Word": "hi", "Secret": "hunter22"})
    for ran in (
        here.run("publish", "--bucket", BUCKET),
        here.run("publish", "--template-configuration", str(tmp_path / "made")),
    ):
        assert ran.code == 0
        assert "one: Secret is NoEcho and left out" in ran.err
        assert "hunter22" not in ran.out + ran.err
    assert "hunter22" not in (tmp_path / "made" / "one.json").read_text()


@pytest.mark.parametrize("name", [where.name for where in environments(PROJECT)])
def test_template_configurations_hold_values_tags_and_policy(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cfngen.cli.main import main

    made = tmp_path / "made"
    command = ["--project", str(ROOT), "publish", "--env", name, "--template-configuration", str(made)]
    assert main(command) == 0
    assert capsys.readouterr().out == ""
    manifest = Manifest.read(PROJECT.manifest, "manifest")
    for file in deployments(PROJECT, environment(PROJECT, name)):
        written = json.loads((made / f"{file.stack}.json").read_text())
        policy = manifest.stacks[file.stack].stack_policy
        wanted = {"Parameters": file.parameters, "Tags": file.tags}
        assert written == (wanted | {"StackPolicy": policy} if policy else wanted)


@pytest.mark.parametrize("name", [where.name for where in environments(PROJECT)])
def test_links_give_back_the_deployment_files(name: str) -> None:
    where = environment(PROJECT, name)
    for stack in Manifest.read(PROJECT.manifest, "manifest").order():
        values = deployment(PROJECT, where, stack).parameters
        url = f"https://s3.{where.region}.amazonaws.com/bucket/{stack}/1.0.0.yaml"
        link = quick_create_link(url, f"p-{stack}", values, region=where.region)
        console = f"https://{where.region}.console.aws.amazon.com/cloudformation/home?region={where.region}#"
        assert link.startswith(console)
        assert decoded(link) == (url, f"p-{stack}", values)


@given(
    url=st.text(min_size=1),
    stack=st.text(min_size=1),
    values=st.dictionaries(st.text("abcXYZ019", min_size=1), st.text()),
)
def test_any_link_decodes_to_what_it_was_made_of(url: str, stack: str, values: dict[str, str]) -> None:
    link = quick_create_link(url, stack, values, region="ap-southeast-1")
    assert link.isascii()
    assert decoded(link) == (url, stack, values)


def _s3() -> Any:
    import boto3

    return boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")


def test_urls_are_the_regions_own() -> None:
    assert object_url(_s3(), "b", "k/1.yaml") == "https://s3.eu-west-1.amazonaws.com/b/k/1.yaml"


@pytest.mark.parametrize(("then", "new"), [("PreconditionFailed", False), (None, True)])
def test_who_comes_second_looks_again(then: str | None, new: bool) -> None:
    client = _s3()
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
        if then:
            stub.add_client_error("put_object", then, http_status_code=412)
            stub.add_response("get_object", {"Body": io.BytesIO(CONTENT)})
        else:
            stub.add_response("put_object", {})
        account = Account("111122223333", "eu-west-1", "aws", "arn", lambda _: client)
        assert publish(account, "b", _request()).new is new
        stub.assert_no_pending_responses()


def test_a_conflict_that_does_not_end_is_an_error() -> None:
    client = _s3()
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
        account = Account("111122223333", "eu-west-1", "aws", "arn", lambda _: client)
        with pytest.raises(AccountError, match="PutObject was refused, because of another operation"):
            publish(account, "b", _request())


def _request() -> Request:
    return Request(
        "one", "dev-one", Path("out/one.yaml"), CONTENT, versioned("one"), {}, frozenset(), {}, _ENTRY
    )
