"""The resource schemas that cfn-lint ships, read without cfn-lint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cfngen.errors import CfngenError
from cfngen.template.change import resource_types
from cfngen.template.change.resource_types import Schemas


def test_what_a_schema_tells() -> None:
    role = Schemas().get("AWS::IAM::Role")
    assert role is not None
    assert set(role.create_only) == {("Path",), ("RoleName",)}
    assert role.primary_identifier == (("RoleName",),)
    assert ("Arn",) in role.read_only
    assert role.tags == "Tags"
    assert "iam:CreateRole" in role.permissions("create")
    assert role.permissions("no such handler") == ()
    assert not role.delete_then_create


def test_parts_are_found_through_references_and_alternatives() -> None:
    bucket = Schemas().get("AWS::S3::Bucket")
    assert bucket is not None
    tags = bucket.root.member("Tags")
    assert tags is not None
    assert tags.unordered
    tag = tags.items()
    assert tag is not None
    assert tag.member("Key") is not None
    assert tag.member("NoSuch") is None
    assert bucket.root.items() is None


def test_a_type_of_one_region_is_known_there() -> None:
    assert Schemas("ap-southeast-1").get("AWS::S3::Bucket") is not None
    assert Schemas("xx-nowhere-1").get("AWS::S3::Bucket") is not None
    assert Schemas().get("AWS::No::Such") is None


def test_every_schema_of_the_region_can_be_read() -> None:
    schemas = Schemas()
    for name in schemas._types:
        found = schemas.get(name)
        assert found is not None
        assert found.primary_identifier
        assert all(path and all(path) for path in (*found.create_only, *found.conditional_create_only))


def test_cfn_lint_is_not_imported() -> None:
    code = (
        "import sys; from cfngen.template.change.resource_types import Schemas;"
        "Schemas().get('AWS::S3::Bucket');"
        "Schemas().stateful; print('cfnlint' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_schemas_that_cannot_be_read_are_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource_types, "_folder", lambda: tmp_path)
    with pytest.raises(CfngenError, match="resource schemas cannot be read") as caught:
        Schemas().get("AWS::S3::Bucket")
    assert caught.value.remedy
