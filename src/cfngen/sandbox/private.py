"""Everything private of MiniStack that the sandbox touches: here, by name, and nowhere else.

MiniStack promises nothing about these names, so its version is pinned, and a test looks for each of them.
Each is read from its module when it is used: MiniStack may bind it anew.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Private:
    """The private names of one of MiniStack's modules, without their underscore.

    >>> Private("ministack.services.iam", "roles").roles is iam.roles
    True
    """

    def __init__(self, module: str, *names: str) -> None:
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_names", frozenset(names))

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), self._private(name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(import_module(self._module), self._private(name), value)

    def names(self) -> list[str]:
        """Each of them, with its module."""
        return sorted(f"{self._module}._{name}" for name in self._names)

    def _private(self, name: str) -> str:
        if name not in self._names:
            raise AttributeError(f"{self._module}._{name} is not among the names that the sandbox needs")
        return f"_{name}"


app = Private("ministack.app", "loaded_modules")
changesets = Private(
    "ministack.services.cloudformation.changesets",
    "IMPORT_LOOKUPS",
    "IMPORT_NOT_FOUND",
    "resolve_props_for_diff",
)
cloudcontrol = Private("ministack.services.cloudcontrol", "resource_key", "resources")
cloudformation = Private("ministack.services.cloudformation", "stack_events", "stacks")
cloudtrail = Private(
    "ministack.services.cloudtrail",
    "TRAIL_STATE_KEYS",
    "find_visible_trail",
    "get_event_queue",
    "get_trail_status",
    "recording_enabled",
    "trails",
    "visible_trail_items",
)
cloudwatch = Private("ministack.services.cloudwatch", "alarms", "describe_alarms", "validate_alarm_tag_arn")
cloudwatch_logs = Private(
    "ministack.services.cloudwatch_logs", "create_log_stream", "log_groups", "put_log_events"
)
codebuild = Private("ministack.services.codebuild", "project_shape", "projects")
config = Private("ministack.services.config", "delivery_channels", "recorders")
ecr = Private("ministack.services.ecr", "repositories")
engine = Private(
    "ministack.services.cloudformation.engine",
    "evaluate_conditions",
    "extract_deps",
    "intrinsic_references",
    "parse_template",
)
handlers = Private(
    "ministack.services.cloudformation.handlers", "ACTION_HANDLERS", "resolve_stack", "resolve_template"
)
helpers = Private("ministack.services.cloudformation.helpers", "error", "p", "xml")
iam = Private(
    "ministack.services.iam",
    "IAM_HANDLERS",
    "build_credential_report",
    "error",
    "oidc_providers",
    "p",
    "policies",
    "roles",
    "users",
    "xml",
)
iam_evaluator = Private(
    "ministack.core.iam_evaluator",
    "gather_role_policies",
    "gather_user_policies",
    "permissions_boundary",
    "resolve_managed_policy_document",
)
provisioners = Private(
    "ministack.services.cloudformation.provisioners",
    "REPLACING_PROPERTIES",
    "RESOURCE_HANDLERS",
    "STACK_TAG_PROPERTY",
    "physical_name",
)
s3 = Private("ministack.services.s3", "bucket_policies", "ensure_bucket", "put_object")
stacks = Private("ministack.services.cloudformation.stacks", "runs_on_worker_thread")
