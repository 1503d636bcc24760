from __future__ import annotations

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, PropertyValue, resources, text


class TagsPresent(CloudFormationLintRule):
    """What can be tagged says whose it is and who pays."""

    id = "W9507"
    shortdesc = "Tag every resource that takes tags"
    description = (
        "Bills are split, and permissions can be granted, by tags; a resource without them cannot be "
        "assigned to a project. "
        "Which keys is the rule's 'keys' setting, in .cfnlintrc; without it nothing is asked for. "
        "Tags of the stack are not enough: several types do not take them over, and a template deployed "
        "from the console has none."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html"
    )
    tags = ["resources", "tags"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Topic:
          Type: AWS::SNS::Topic
          Properties: {DisplayName: news}
    """
    right = """
        Topic:
          Type: AWS::SNS::Topic
          Properties:
            DisplayName: news
            Tags:
              - {Key: Project, Value: shop}
              - {Key: Environment, Value: dev}
              - {Key: ManagedBy, Value: cfngen}
              - {Key: CostCenter, Value: research}
    """

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"keys": {"default": [], "type": "list", "itemtype": "string"}}
        self.configure()  # type: ignore[no-untyped-call]

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for logical_id, resource, properties in resources(cfn):
            name = _tag_property(str(resource.get("Type")), cfn.regions[0])
            if name is None:
                continue
            given = _keys(properties, name)
            missing = [key for key in self.config["keys"] if key not in given]
            if missing and "${?}" not in given:
                path: Path = [*properties.path, name] if name in properties.data else properties.path
                found.append(RuleMatch(path, f"{logical_id} has no tag {', '.join(missing)}"))
        return found


def _tag_property(kind: str, region: str) -> str | None:
    """The property that takes a type's tags, by the type's own schema.

    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-tagging
    """
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    except ResourceNotFoundError:
        return None
    tagging = schema.get("tagging", {})
    if not tagging.get("taggable", True):
        return None
    name = str(tagging.get("tagProperty", "/properties/Tags")).rsplit("/", 1)[-1]
    return name if name in schema.get("properties", {}) else None


def _keys(properties: PropertyValue, name: str) -> set[str]:
    found: set[str] = set()
    for tags in properties.get(name):
        if isinstance(tags.data, list):
            for tag in tags.items():
                key: Any = tag.data.get("Key") if isinstance(tag.data, dict) else None
                found.add(text(key) if key is not None else "${?}")
        elif isinstance(tags.data, dict):
            found |= {str(key) if not str(key).startswith("Fn::") else "${?}" for key in tags.data}
    return found
