"""What another value does where the schema alone would not tell, and in what words."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.change.compare import Comparison, compare, compare_in
from cfngen.template.change.judgement import Judgement


def resource(kind: str, properties: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": kind, **attributes, "Properties": properties}}}


def judged(kind: str, before: dict[str, Any], after: dict[str, Any], **attributes: Any) -> Judgement:
    [judgement] = compare(
        resource(kind, before, **attributes), resource(kind, after, **attributes)
    ).judgements
    return judgement


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("AWS::EMR::Cluster", {"Name": "a", "LogUri": "s3://a"}, {"Name": "a", "LogUri": "s3://b"}),
        (
            "AWS::FSx::FileSystem",
            {"WindowsConfiguration": {"DeploymentType": "SINGLE_AZ_1"}},
            {"WindowsConfiguration": {"DeploymentType": "MULTI_AZ_1"}},
        ),
        ("AWS::DocDB::DBCluster", {"EngineVersion": "4.0.0"}, {"EngineVersion": "5.0.0"}),
        ("AWS::Glue::Table", {"TableInput": {"Name": "a"}}, {"TableInput": {"Name": "b"}}),
        ("AWS::Glue::Connection", {"ConnectionInput": {"Name": "a"}}, {"ConnectionInput": {"Name": "b"}}),
        ("AWS::DeviceFarm::DevicePool", {"ProjectArn": "a"}, {"ProjectArn": "b"}),
        ("AWS::Route53::RecordSet", {"Name": "a.example.com"}, {"Name": "b.example.com"}),
    ],
)
def test_what_is_documented_as_replacement_replaces(kind: str, before: Any, after: Any) -> None:
    assert judged(kind, before, after).consequence == "replace"


@pytest.mark.parametrize(
    ("kind", "before", "after", "sources"),
    [
        (
            "AWS::RDS::DBInstance",
            {"Port": "3306"},
            {"Port": "3307"},
            ("AWS documents", "its schema does not say so"),
        ),
        (
            "AWS::DynamoDB::Table",
            {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]},
            {},
            ("AWS documents", "its schema says so for some cases"),
        ),
        (
            "AWS::FSx::FileSystem",
            {"StorageType": "HDD"},
            {"StorageType": "SSD"},
            ("CloudFormation's older specification", "AWS CDK"),
        ),
        (
            "AWS::AppStream::StackFleetAssociation",
            {"FleetName": "a"},
            {"FleetName": "b"},
            ("its schema says", "AWS documents otherwise"),
        ),
    ],
)
def test_sources_that_disagree_are_both_named(kind: str, before: Any, after: Any, sources: Any) -> None:
    judgement = judged(kind, before, after)
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
    assert all(source in judgement.reasons[0] for source in sources), judgement.reasons


def test_a_part_that_changes_in_place_does_not_replace_the_whole() -> None:
    network = {"ServiceIpv4Cidr": "10.0.0.0/16", "ElasticLoadBalancing": {"Enabled": False}}
    other = {**network, "ElasticLoadBalancing": {"Enabled": True}}
    kind = "AWS::EKS::Cluster"
    assert judged(
        kind, {"KubernetesNetworkConfig": network}, {"KubernetesNetworkConfig": other}
    ).consequence == ("in-place")
    assert judged(kind, {"KubernetesNetworkConfig": network}, {}).consequence.replaces


def test_a_property_that_nothing_documents_may_replace() -> None:
    judgement = judged("AWS::DeviceFarm::DevicePool", {"Unheard": "a"}, {"Unheard": "b"})
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
    assert "is not documented" in judgement.reasons[0]


@pytest.mark.parametrize(
    ("kind", "property_name"),
    [
        ("AWS::OpenSearchService::Domain", "EngineVersion"),
        ("AWS::Elasticsearch::Domain", "ElasticsearchVersion"),
    ],
)
def test_a_search_engine_is_upgraded_in_place_only_by_its_update_policy(
    kind: str, property_name: str
) -> None:
    before, after = {property_name: "1.0"}, {property_name: "2.0"}

    def with_policy(switch: Any) -> Judgement:
        return judged(kind, before, after, UpdatePolicy={"EnableVersionUpgrade": switch})

    assert judged(kind, before, after).consequence == "replace"
    assert judged(kind, before, after).data_loss
    assert with_policy(False).consequence == with_policy("false").consequence == "replace"
    assert with_policy(True).consequence == with_policy("true").consequence == "in-place"
    assert with_policy({"Ref": "Upgrade"}).consequence == "maybe-replace"


def test_a_group_whose_update_policy_replaces_it() -> None:
    kind = "AWS::AutoScaling::AutoScalingGroup"
    before, after = {"VPCZoneIdentifier": ["a"]}, {"VPCZoneIdentifier": ["b"]}
    policy = {"AutoScalingReplacingUpdate": {"WillReplace": True}}
    assert judged(kind, before, after, UpdatePolicy=policy).consequence == "replace"
    assert judged(kind, before, after, UpdatePolicy={}).consequence == "in-place"
    computed = {"AutoScalingReplacingUpdate": {"WillReplace": {"Ref": "P"}}}
    assert judged(kind, before, after, UpdatePolicy=computed).consequence == "maybe-replace"


def test_an_explicit_default_that_the_handler_fills_in_is_no_change() -> None:
    defaults = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False}
    for before, after in (({}, defaults), (defaults, {})):
        assert judged("AWS::KMS::Key", before, after).consequence == "none"
    assert judged("AWS::KMS::Key", {}, {"KeySpec": "RSA_2048"}).consequence == "impossible"


def test_an_explicit_default_elsewhere_may_replace() -> None:
    judgement = judged("AWS::EC2::KeyPair", {"KeyName": "a"}, {"KeyName": "a", "KeyType": "rsa"})
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
    assert "rsa is the default of KeyType" in judgement.reasons[0]
    other = judged("AWS::EC2::KeyPair", {"KeyFormat": "ppk"}, {"KeyFormat": "ppk", "KeyType": "ed25519"})
    assert other.consequence == "replace"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("AWS::DMS::ReplicationInstance", "PubliclyAccessible", True),
        ("AWS::EFS::FileSystem", "PerformanceMode", "generalPurpose"),
        ("AWS::SNS::Topic", "FifoTopic", False),
    ],
)
def test_a_default_that_is_documented_or_likely_is_never_impossible(kind: str, name: str, value: Any) -> None:
    for before, after in (({}, {name: value}), ({name: value}, {})):
        judgement = judged(kind, before, after)
        assert (judgement.consequence, judgement.certain) == ("maybe-replace", False), judgement


@pytest.mark.parametrize(
    ("kind", "name", "value", "consequence"),
    [
        # documented, or likely: somebody writes out what is there already
        ("AWS::IAM::InstanceProfile", "Path", "/", "maybe-replace"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Scheme", "internet-facing", "maybe-replace"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetType", "instance", "maybe-replace"),
        ("AWS::ECR::Repository", "EncryptionConfiguration", {"EncryptionType": "AES256"}, "maybe-replace"),
        ("AWS::EKS::Nodegroup", "DiskSize", 20, "maybe-replace"),
        # no default has this value
        ("AWS::ECR::Repository", "EncryptionConfiguration", {"EncryptionType": "KMS"}, "replace"),
        ("AWS::IAM::InstanceProfile", "Path", "/a/", "replace"),
        ("AWS::RDS::DBCluster", "KmsKeyId", "alias/a", "replace"),
        ("AWS::EC2::NatGateway", "SubnetId", "subnet-1", "replace"),
    ],
)
def test_a_value_that_may_be_the_default_may_replace(
    kind: str, name: str, value: Any, consequence: str
) -> None:
    for before, after in (({}, {name: value}), ({name: value}, {})):
        assert judged(kind, before, after).consequence == consequence


def test_one_truth_value_in_two_spellings_may_be_the_same() -> None:
    judgement = judged("AWS::SQS::Queue", {"FifoQueue": "True"}, {"FifoQueue": True})
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
    assert "may be the same to CloudFormation" in judgement.reasons[0]


def index(name: str, key: str = "k") -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}


@pytest.mark.parametrize(
    ("before", "after", "consequence"),
    [
        ([index("a")], [index("a"), index("b")], "in-place"),
        ([index("a"), index("b")], [index("b")], "in-place"),
        ([index("a")], [index("a", "other")], "impossible"),
        ([index("a")], [index("b")], "impossible"),
        ([index("a")], [index("a"), index("b"), index("c")], "impossible"),
        ([index("a")], [{**index("a"), "ProvisionedThroughput": {"ReadCapacityUnits": 5}}], "in-place"),
        ([index("a")], [{"Fn::If": ["C", index("b"), {"Ref": "AWS::NoValue"}]}], "impossible"),
    ],
)
def test_an_update_changes_one_index_of_a_table(before: Any, after: Any, consequence: str) -> None:
    kind = "AWS::DynamoDB::Table"
    tables = {"GlobalSecondaryIndexes": before}, {"GlobalSecondaryIndexes": after}
    assert judged(kind, *tables).consequence == consequence
    named = [{"TableName": name, **table} for name, table in zip("ab", tables, strict=True)]
    assert judged(kind, *named).consequence == "replace"  # a new table has any index


def test_local_indexes_and_attributes_of_a_table() -> None:
    kind = "AWS::DynamoDB::Table"
    local = judged(kind, {}, {"LocalSecondaryIndexes": [index("a")]})
    assert (local.consequence, local.data_loss) == ("maybe-replace", True)
    attributes = [{"AttributeDefinitions": [{"AttributeName": "a", "AttributeType": word}]} for word in "SN"]
    assert "its schema does not say so" in judged(kind, *attributes).reasons[0]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::EC2::Volume", "AvailabilityZone"),
        ("AWS::EC2::Volume", "Encrypted"),
        ("AWS::Config::DeliveryChannel", "Name"),
        ("AWS::CloudFormation::WaitCondition", "Timeout"),
        ("AWS::Organizations::Account", "Email"),
        ("AWS::CloudFormation::CustomResource", "ServiceToken"),
        ("Custom::Lookup", "ServiceToken"),
    ],
)
def test_what_cannot_change_fails_the_update(kind: str, name: str) -> None:
    judgement = judged(kind, {name: "a"}, {name: "b"})
    assert (judgement.consequence, judgement.certain) == ("impossible", True)
    assert not judged(kind, {name: {"Ref": "P"}}, {name: "b"}).certain


def test_a_cache_is_resharded_in_place_only_by_its_update_policy() -> None:
    kind = "AWS::ElastiCache::ReplicationGroup"
    before, after = {"NumNodeGroups": 1}, {"NumNodeGroups": 2}
    assert judged(kind, before, after).consequence == "replace"
    online = judged(kind, before, after, UpdatePolicy={"UseOnlineResharding": True})
    assert online.consequence == "in-place"


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::CustomResource", "Custom::Lookup"])
def test_a_custom_resource_may_always_be_replaced(kind: str) -> None:
    judgement = judged(kind, {"ServiceToken": "t", "A": 1}, {"ServiceToken": "t", "A": 2})
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
    assert "function of a custom resource decides" in judgement.reasons[0]


def test_a_nested_stack_is_changed_in_place_and_what_is_inside_of_it_is_not_known() -> None:
    kind = "AWS::CloudFormation::Stack"
    judgement = judged(kind, {"TemplateURL": "a"}, {"TemplateURL": "b"})
    assert (judgement.consequence, judgement.certain) == ("in-place", False)
    assert "resources inside of it" in judgement.reasons[0]
    tags = [{"Tags": [{"Key": "a", "Value": word}]} for word in "ab"]
    assert judged(kind, *tags).certain


def include(location: str) -> dict[str, Any]:
    return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}


@pytest.mark.parametrize(
    ("before", "after", "consequence"),
    [
        (include("a"), include("b"), "maybe-replace"),
        ({"BucketName": "n", **include("a")}, {"BucketName": "n", **include("b")}, "maybe-replace"),
        ({"BucketName": include("a")}, {"BucketName": include("b")}, "maybe-replace"),
        ({"VersioningConfiguration": include("a")}, {"VersioningConfiguration": include("b")}, "in-place"),
        ({"Fn::ForEach::P": ["A", {"Ref": "L"}, {"${A}": "x"}]}, {}, "maybe-replace"),
    ],
)
def test_what_a_macro_makes_of_a_resource_may_replace_it(before: Any, after: Any, consequence: str) -> None:
    assert judged("AWS::S3::Bucket", before, after).consequence == consequence


def test_a_macro_beside_the_properties_may_replace_the_resource() -> None:
    old, new = ({"Resources": {"R": {"Type": "AWS::S3::Bucket", **include(word)}}} for word in "ab")
    [judgement] = compare(old, new).judgements
    assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)


def test_a_choice_of_a_whole_value_reaches_what_is_below_it() -> None:
    inputs = {"Fn::If": ["C", {"Name": "a"}, {"Name": "b"}]}, {"Fn::If": ["D", {"Name": "a"}, {"Name": "b"}]}
    databases = [{"DatabaseInput": value} for value in inputs]
    assert judged("AWS::Glue::Database", *databases).consequence == "maybe-replace"


def test_a_property_of_no_value_is_the_same_as_none() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    bare = {"Resources": {"R": {"Type": "AWS::SQS::Queue"}}}
    for properties in ({}, {"QueueName": nothing}, {"QueueName": nothing, "DelaySeconds": nothing}):
        assert compare(resource("AWS::SQS::Queue", properties), bare).same
        assert compare(bare, resource("AWS::SQS::Queue", properties)).same


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("AWS::Events::Rule", lambda value: {"EventPattern": {"detail": {"code": [value]}}}),
        ("AWS::SSM::Document", lambda value: {"Content": {"mainSteps": [{"inputs": {"n": value}}]}}),
        ("AWS::StepFunctions::StateMachine", lambda value: {"Definition": {"States": {"A": {"n": value}}}}),
        ("AWS::DeviceFarm::Project", lambda value: {"Unheard": {"n": value}}),
        (
            "AWS::IAM::Role",
            lambda value: {"AssumeRolePolicyDocument": {"Statement": [{"Condition": {"n": value}}]}},
        ),
        ("Team::Private::Type", lambda value: {"n": value}),
    ],
)
@pytest.mark.parametrize(("number", "text"), [(5, "5"), (True, "true"), (1.5, "1.5")])
def test_numbers_and_text_differ_in_json_that_nothing_describes(
    kind: str, make: Any, number: Any, text: str
) -> None:
    assert not compare(resource(kind, make(number)), resource(kind, make(text))).same
    assert compare(resource(kind, make(number)), resource(kind, make(number))).same


def test_numbers_and_text_are_the_same_where_a_schema_or_a_function_makes_them_so() -> None:
    assert compare(
        resource("AWS::SQS::Queue", {"DelaySeconds": 5}), resource("AWS::SQS::Queue", {"DelaySeconds": "5"})
    ).same
    for kind in ("Custom::Thing", "AWS::CloudFormation::CustomResource", "Team::Network::Vpc::MODULE"):
        assert compare(resource(kind, {"N": 5}), resource(kind, {"N": "5"})).same
    old, new = (resource("AWS::CloudFormation::Stack", {"Parameters": {"N": value}}) for value in (5, "5"))
    assert compare(old, new).same


def exported(value: Any, name: str = "store", **attributes: Any) -> dict[str, Any]:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    return {
        "Resources": {"Store": bucket},
        "Outputs": {"Store": {"Value": value, "Export": {"Name": "e"}, **attributes}},
    }


def of_output(comparison: Comparison) -> Judgement:
    [judgement] = (item for item in comparison.judgements if item.change.section == "Outputs")
    return judgement


def test_an_exported_value_that_changes_is_told_with_its_reason() -> None:
    changed = of_output(compare(exported({"Ref": "Store"}), exported({"Fn::GetAtt": ["Store", "Arn"]})))
    assert changed.reasons == ("the update fails while another stack imports the export",)
    assert (changed.consequence, changed.certain) == ("impossible", False)


def test_an_exported_value_that_comes_from_a_replaced_resource_is_told_too() -> None:
    through = of_output(compare(exported({"Ref": "Store"}), exported({"Ref": "Store"}, "another")))
    assert "imports the export" in through.reasons[0]
    assert "Store is replaced" in through.reasons


def test_an_output_that_nobody_can_import_is_no_such_thing() -> None:
    def template(value: Any, name: str = "store") -> dict[str, Any]:
        made = exported(value, name)
        del made["Outputs"]["Store"]["Export"]
        return made

    assert of_output(compare(template({"Ref": "Store"}), template("fixed"))).consequence == "in-place"
    through = compare(template({"Ref": "Store"}), template({"Ref": "Store"}, "another"))
    assert [item.change.section for item in through.judgements] == ["Resources"]


def one_of(comparison: Comparison, logical_id: str) -> Judgement:
    [judgement] = (item for item in comparison.judgements if item.change.logical_id == logical_id)
    return judgement


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({"Conditions": {"C": {"Fn::Equals": ["a", "a"]}}}, {"Conditions": {"C": {"Fn::Equals": ["a", "b"]}}},
         "exists only while its condition holds: the condition C changed"),
        ({"Parameters": {"P": {"Type": "String", "Default": "a"}}},
         {"Parameters": {"P": {"Type": "String", "Default": "b"}}},
         "the update fails while another stack imports the old export"),
    ],
)  # fmt: skip
def test_an_export_that_a_condition_or_a_parameter_takes_away_is_told(
    old: Any, new: Any, reason: str
) -> None:
    output = {"Value": "v", "Condition": "C", "Export": {"Name": {"Fn::Sub": "${P}-x"}}}
    same = {"Resources": {"R": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"O": output}}
    judgement = one_of(compare({**old, **same}, {**new, **same}), "O")
    assert (judgement.consequence, judgement.certain) == ("delete", False)
    assert judgement.reasons[0] == reason


def test_an_output_that_is_exported_or_was_not() -> None:
    plain, shared = {"Value": "v"}, {"Value": "v", "Export": {"Name": "e"}}

    def template(output: Any) -> dict[str, Any]:
        outputs = {"Kept": plain, "O": output}
        outputs = {name: body for name, body in outputs.items() if body}
        return {"Resources": {"R": {"Type": "AWS::SNS::Topic"}}, "Outputs": outputs}

    exported_now = of_output(compare(template(plain), template(shared)))
    assert (exported_now.consequence, exported_now.reasons) == ("none", ("is exported now",))
    assert of_output(compare(template(shared), template(plain))).consequence == "delete"
    assert of_output(compare(template(plain), template({}))).reasons == ("its readers lose the value",)
    assert "imports it" in of_output(compare(template(shared), template({}))).reasons[0]


@pytest.mark.parametrize(
    ("kind", "before", "after", "value", "reason"),
    [
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": "a"}}, {"LaunchTemplateData": {}},
         {"Fn::GetAtt": ["R", "LatestVersionNumber"]}, "R changes, and R.LatestVersionNumber with it"),
        ("AWS::CloudFormation::Stack", {"TemplateURL": "a"}, {"TemplateURL": "b"},
         {"Fn::Sub": "${R.Outputs.Image}"}, "R changes, and R.Outputs.Image with it"),
        ("AWS::SSM::Parameter", {"Value": "a"}, {"Value": "b"},
         {"Fn::Join": ["", [{"Fn::GetAtt": ["R", "Value"]}]]}, "R changes, and R.Value with it"),
        ("AWS::CloudFormation::CustomResource", {"A": "a"}, {"A": "b"},
         {"Fn::GetAtt": ["R", "Image"]}, "R may be replaced"),
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": "a"}}, {"LaunchTemplateData": {}},
         {"Fn::GetAtt": ["R", "DefaultVersionNumber"]}, ""),
        ("AWS::CloudFormation::Stack", {"Tags": [{"Key": "a", "Value": "b"}]}, {},
         {"Fn::GetAtt": ["R", "Outputs.Image"]}, ""),
        ("AWS::SNS::Topic", {"DisplayName": "a"}, {"DisplayName": "b"}, {"Ref": "R"}, ""),
    ],
)  # fmt: skip
def test_an_attribute_that_changes_in_place_reaches_its_users(
    kind: str, before: Any, after: Any, value: Any, reason: str
) -> None:
    user = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": value}}
    last = {"Type": "AWS::EC2::VolumeAttachment", "Properties": {"InstanceId": {"Ref": "User"}}}

    def template(properties: Any) -> dict[str, Any]:
        made = resource(kind, properties)
        return {"Resources": {**made["Resources"], "User": user, "Last": last}}

    comparison = compare(template(before), template(after))
    reached = [item.change.logical_id for item in comparison.judgements if item.change.logical_id != "R"]
    assert sorted(reached) == (["Last", "User"] if reason else [])
    if reason:
        judgement = one_of(comparison, "User")
        assert (judgement.consequence, judgement.certain) == ("maybe-replace", False)
        assert reason in judgement.reasons[0]


def test_nested_stacks_pass_a_change_on() -> None:
    def template(url: str) -> dict[str, Any]:
        first = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        given = {"Parameters": {"Vpc": {"Fn::GetAtt": ["First", "Outputs.Vpc"]}}, "TemplateURL": "t"}
        second = {"Type": "AWS::CloudFormation::Stack", "Properties": given}
        subnet = {"VpcId": {"Fn::GetAtt": ["Second", "Outputs.Vpc"]}}
        user = {"Type": "AWS::EC2::Subnet", "Properties": subnet}
        return {"Resources": {"User": user, "Second": second, "First": first}}

    comparison = compare(template("a"), template("b"))
    assert one_of(comparison, "Second").consequence == "in-place"
    assert "Second.Outputs.Vpc" in one_of(comparison, "User").reasons[0]


@pytest.mark.parametrize(
    ("key", "old", "new", "consequence"),
    [
        ("eu", {"eu": {"k": "a"}, "us": {"k": "b"}}, {"eu": {"k": "z"}, "us": {"k": "b"}}, "replace"),
        ("eu", {"eu": {"k": "a"}, "us": {"k": "b"}}, {"eu": {"k": "a"}, "us": {"k": "z"}}, ""),
        ({"Ref": "AWS::Region"}, {"eu": {"k": "a"}}, {"eu": {"k": "z"}}, "maybe-replace"),
        ({"Ref": "AWS::Region"}, {"eu": {"k": "a", "other": "a"}}, {"eu": {"k": "a", "other": "b"}}, ""),
        ({"Ref": "AWS::Region"}, {"eu": {"k": "a"}}, {"eu": {"k": "a"}, "us": {"k": "b"}}, ""),
    ],
)
def test_a_mapping_reaches_those_who_read_what_changed(
    key: Any, old: Any, new: Any, consequence: str
) -> None:
    image = {"ImageId": {"Fn::FindInMap": ["M", key, "k"]}}

    def template(mapping: Any) -> dict[str, Any]:
        return {**resource("AWS::EC2::Instance", image), "Mappings": {"M": mapping}}

    judgements = compare(template(old), template(new)).judgements
    told = [item.consequence for item in judgements if item.change.section == "Resources"]
    assert told == ([consequence] if consequence else [])


def test_a_value_written_out_is_the_same_as_one_that_a_mapping_gives() -> None:
    mapped = {**resource("AWS::EC2::Instance", {"ImageId": {"Fn::FindInMap": ["M", "eu", "k"]}}),
              "Mappings": {"M": {"eu": {"k": "a"}}}}  # fmt: skip
    plain = {**mapped, **resource("AWS::EC2::Instance", {"ImageId": "a"})}
    assert compare(mapped, plain).same


def test_a_parameter_of_another_kind_gives_another_value() -> None:
    def template(kind: str) -> dict[str, Any]:
        topic = resource("AWS::SNS::Topic", {"TopicName": {"Ref": "P"}})
        return {**topic, "Parameters": {"P": {"Type": kind, "Default": "/a"}}}

    looked_up = compare(template("String"), template("AWS::SSM::Parameter::Value<String>"))
    assert one_of(looked_up, "R").consequence == "maybe-replace"
    number = compare(template("String"), template("Number"))
    assert [item.change.section for item in number.judgements] == ["Parameters"]


def test_a_macro_of_the_whole_template_may_change_anything() -> None:
    plain = resource("AWS::SNS::Topic", {})

    def told(old: Any, new: Any) -> tuple[str, bool]:
        [judgement] = compare(old, new).judgements
        return judgement.consequence, judgement.certain

    assert told(plain, {**plain, "Transform": "Macro"}) == ("maybe-replace", False)
    assert told({**plain, "Transform": ["A", "B"]}, {**plain, "Transform": "A"}) == ("maybe-replace", False)
    for harmless in ("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"):
        assert told(plain, {**plain, "Transform": harmless}) == ("none", True)


def test_a_hook_decides_how_others_are_deployed() -> None:
    service = resource("AWS::ECS::Service", {})
    hooks = {"Green": {"Type": "AWS::CodeDeploy::BlueGreen", "Properties": {"ServiceRole": "role"}}}
    [judgement] = compare(service, {**service, "Hooks": hooks}).judgements
    assert (judgement.consequence, judgement.certain) == ("in-place", False)
    assert judgement.reasons


def test_globals_reach_every_serverless_resource() -> None:
    function = resource("AWS::Serverless::Function", {"Handler": "a"})
    old, new = ({**function, "Globals": {"Function": {"Runtime": word}}} for word in "ab")
    judgement = one_of(compare(old, new), "R")
    assert judgement.consequence == "maybe-replace"
    assert "Globals changed" in judgement.reasons[0]
    in_env = compare_in(old, new, {}, account=None, region="eu-west-1")
    assert one_of(in_env, "R").consequence == "maybe-replace"


def test_a_new_resource_with_the_name_of_a_removed_one_fails() -> None:
    def template(logical_id: str, **properties: Any) -> dict[str, Any]:
        bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b", **properties}}
        return {"Resources": {logical_id: bucket}}

    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    removed = one_of(compare(template("Old"), template("New", **versioned)), "Old")
    assert (removed.consequence, removed.certain, removed.data_loss) == ("impossible", True, False)
    assert "BucketName" in removed.reasons[1]
    other = compare(template("Old"), template("New", BucketName="c"))
    assert one_of(other, "Old").consequence == "delete"


def test_what_refers_to_a_renamed_glue_database_may_be_replaced() -> None:
    def template(name: str) -> dict[str, Any]:
        table = {"DatabaseName": {"Ref": "Db"}, "TableInput": {"Name": "events"}}
        return {
            "Resources": {
                "Db": {"Type": "AWS::Glue::Database", "Properties": {"DatabaseInput": {"Name": name}}},
                "Table": {"Type": "AWS::Glue::Table", "Properties": table},
            }
        }

    database, of_it = compare(template("old"), template("new")).judgements
    assert (database.change.logical_id, database.consequence) == ("Db", "replace")
    assert (of_it.change.logical_id, of_it.consequence) == ("Table", "maybe-replace")
    assert "Db is replaced" in of_it.reasons[0]


def test_a_resource_without_type_is_compared_like_any_other() -> None:
    def template(size: str, default: str) -> dict[str, Any]:
        properties = {"Size": size, "Name": {"Ref": "P"}}
        return {
            "Parameters": {"P": {"Type": "String", "Default": default}},
            "Resources": {"R": {"Properties": properties}},
        }

    [changed] = [
        item
        for item in compare(template("1", "a"), template("2", "b")).judgements
        if item.change.section == "Resources"
    ]
    assert changed.consequence == "maybe-replace"
