"""Rendering: what troposphere gives, plus the mistakes that neither it nor awacs reports."""

from __future__ import annotations

from typing import Any

import pytest
from awacs.aws import Allow, Bool, Condition, PolicyDocument, Principal, Statement, StringEquals
from awacs.sts import AssumeRole
from hypothesis import given
from hypothesis import strategies as st
from troposphere import GetAtt, If, Join, Parameter, Ref, Sub, Tags
from troposphere.iam import Role
from troposphere.s3 import Bucket, VersioningConfiguration
from troposphere.sns import Topic

from cfngen.define.stack import Stack
from cfngen.errors import DefinitionError
from cfngen.generate.render import MAX_BYTES, check_size, render


def _where(logical_id: str) -> str:
    return f"templates/x.py:{logical_id}"


def _trust(*conditions: Any) -> PolicyDocument:
    statement = Statement(
        Effect=Allow,
        Principal=Principal("Service", "ec2.amazonaws.com"),
        Action=[AssumeRole],
        Condition=Condition(list(conditions)),
    )
    return PolicyDocument(Version="2012-10-17", Statement=[statement])


def test_the_data_is_what_troposphere_itself_makes() -> None:
    stack = Stack("d", depends_on=["a"])
    stack.parameter(Parameter("Name", Type="String", Default="n", MaxLength=9), group="G", label="L")
    stack.condition("C", {"Fn::Equals": [Ref("Name"), ""]})
    stack.rule("R", [{"Assert": {"Fn::Equals": ["a", "a"]}, "AssertDescription": "d"}], when=Ref("Name"))
    stack.add(
        Bucket(
            "Bucket",
            DependsOn="Role",
            BucketName=If("C", Ref("Name"), Sub("${Name}-x")),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            Tags=Tags(A=Join("-", ["a", GetAtt("Role", "Arn")])),
        )
    )
    stack.add(Role("Role", AssumeRolePolicyDocument=_trust(StringEquals("a", "b"), Bool("c", True))))
    stack.add(Topic("Topic"))
    stack.output("Arn", "d", GetAtt("Role", "Arn"), export=Sub("${Name}-arn"), condition="C")
    assert render(stack, _where) == stack.template.to_dict()


@given(
    st.recursive(st.text() | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_any_nesting_is_what_troposphere_makes_of_it(value: Any) -> None:
    stack = Stack("d")
    stack.add(Topic("Topic"))
    stack.template.metadata = {"value": value}
    assert render(stack, _where) == stack.template.to_dict()


def test_a_repeated_condition_operator_is_refused() -> None:
    stack = Stack("d")
    stack.add(Role("Role", AssumeRolePolicyDocument=_trust(StringEquals("a", "b"), StringEquals("c", "d"))))
    with pytest.raises(DefinitionError) as raised:
        render(stack, _where)
    assert "Role: condition operator StringEquals is given twice, awacs would drop the first" in str(
        raised.value
    )
    assert raised.value.place == "templates/x.py:Role"


def test_a_missing_property_names_the_resource() -> None:
    stack = Stack("d")
    stack.add(Role("Role"))
    with pytest.raises(DefinitionError, match="Role: Resource AssumeRolePolicyDocument required"):
        render(stack, _where)


def test_a_stack_without_resources_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the stack has no resources"):
        render(Stack("d"), _where)


def test_a_name_too_long_is_refused() -> None:
    stack = Stack("d")
    stack.add(Topic("Topic", TopicName="t" * 257))
    with pytest.raises(DefinitionError, match="Topic: TopicName can have 257 characters, AWS allows 256"):
        render(stack, _where)


def test_a_template_too_large_for_the_console_is_refused() -> None:
    check_size(b"x" * MAX_BYTES, "templates/x.py")
    with pytest.raises(DefinitionError, match="51,201 bytes, CloudFormation takes 51,200 inline"):
        check_size(b"x" * (MAX_BYTES + 1), "templates/x.py")
