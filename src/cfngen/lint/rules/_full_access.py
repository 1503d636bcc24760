"""Which AWS managed policies of the wide kind a template attaches, and with which parameter values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cfnlint.conditions import UnknownSatisfisfaction
from cfnlint.template import Template

from cfngen.lint.rules._walk import SEGMENT, PropertyValue, resources, text

SOURCE_URL: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-getting-started-managed.html"
)

_MANAGED: Final = re.compile(rf"arn:{SEGMENT}:iam::aws:policy/(?:[\w+=,.@-]+/)*(?P<name>[\w+=,.@-]+)")
_WIDE: Final = re.compile(r"\w*FullAccess|AdministratorAccess[\w-]*|PowerUserAccess")
_PLAIN: Final = re.compile(r"^(Amazon|AWS)|_?FullAccess.*$|(?<=AdministratorAccess).*$")


@dataclass(frozen=True)
class Attachment:
    """A wide policy attached to a principal."""

    logical_id: str
    policy: str
    value: PropertyValue

    @property
    def gives(self) -> str:
        """What its holder may do, in a few words."""
        if not self.policy.endswith("FullAccess"):
            return "nearly everything in the account"
        return f"every {_PLAIN.sub('', self.policy)} action on every resource of the account"

    def chosen(self, cfn: Template, given: Mapping[str, str]) -> bool:
        """Whether these parameter values, and the defaults of the others, attach it."""
        defaults = {
            name: str(parameter.default)
            for name, parameter in cfn.context.parameters.items()
            if isinstance(parameter.default, (str, int, float))
        }
        try:
            return bool(cfn.conditions.satisfiable(dict(self.value.conditions), {**defaults, **given}))
        except UnknownSatisfisfaction:
            return True


def attachments(cfn: Template) -> Iterator[Attachment]:
    """Every wide AWS managed policy that a role, user, group or permission set can have."""
    for kind, key in (
        ("AWS::IAM::Role", "ManagedPolicyArns"),
        ("AWS::IAM::User", "ManagedPolicyArns"),
        ("AWS::IAM::Group", "ManagedPolicyArns"),
        ("AWS::SSO::PermissionSet", "ManagedPolicies"),
    ):
        for logical_id, _, properties in resources(cfn, kind):
            for item in properties.each(key):
                managed = _MANAGED.fullmatch(text(item.data))
                if managed and _WIDE.fullmatch(managed["name"]):
                    yield Attachment(logical_id, managed["name"], item)
