"""What a stack's status means and allows. Nothing else knows status strings.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (stack status codes)
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Recovery = Literal["delete", "roll-back", "continue-rollback"]

_SUCCESS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_UPDATABLE = _SUCCESS | {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
_NEVER_CREATED = frozenset({"REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
_MEANING = {
    "REVIEW_IN_PROGRESS": "it was never created: it only holds change sets to review",
    "ROLLBACK_COMPLETE": "its creation failed and was rolled back; it can only be deleted",
    "ROLLBACK_FAILED": "its creation failed, and so did rolling it back; it can only be deleted",
    "CREATE_FAILED": "its creation failed and was not rolled back",
    "UPDATE_FAILED": "its update failed and was not rolled back",
    "UPDATE_ROLLBACK_FAILED": "its update failed, and so did rolling it back",
    "UPDATE_ROLLBACK_COMPLETE": "its last update failed and was rolled back",
    "IMPORT_ROLLBACK_FAILED": "its import failed, and so did rolling it back; the console shows what is left",
    "IMPORT_ROLLBACK_COMPLETE": "its last import failed and was rolled back",
    "DELETE_FAILED": "its deletion failed",
    "DELETE_COMPLETE": "it is deleted",
}


class StackStatus(NamedTuple):
    """A stack's status; of a stack that does not exist, the empty string.

    >>> StackStatus("UPDATE_ROLLBACK_COMPLETE").succeeded, StackStatus("UPDATE_ROLLBACK_COMPLETE").updatable
    (False, True)
    >>> StackStatus("ROLLBACK_COMPLETE").recovery
    'delete'
    """

    name: str = ""

    @property
    def absent(self) -> bool:
        """Whether there is no such stack."""
        return self.name in {"", "DELETE_COMPLETE"}

    @property
    def in_review(self) -> bool:
        """Whether it is the empty shell that a first change set leaves."""
        return self.name == "REVIEW_IN_PROGRESS"

    @property
    def never_created(self) -> bool:
        """Whether there is no stack, or only what is left of one that was never made.

        >>> [StackStatus(name).never_created for name in ("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")]
        [True, False]
        """
        return self.absent or self.name in _NEVER_CREATED

    @property
    def in_progress(self) -> bool:
        """Whether an operation is running."""
        return self.name.endswith("_IN_PROGRESS") and not self.in_review

    @property
    def importing(self) -> bool:
        """Whether an import is running, or being rolled back."""
        return self.in_progress and self.name.startswith("IMPORT_")

    @property
    def creatable(self) -> bool:
        """Whether a change set of type CREATE is the one to make."""
        return self.absent or self.in_review

    @property
    def updatable(self) -> bool:
        """Whether a change set of type UPDATE is the one to make."""
        return self.name in _UPDATABLE

    @property
    def succeeded(self) -> bool:
        """Whether the operation that led here did what was asked for."""
        return self.name in _SUCCESS

    @property
    def rolled_back(self) -> bool:
        """Whether the operation that led here was undone."""
        return self.name.endswith("ROLLBACK_COMPLETE")

    @property
    def recovery(self) -> Recovery | None:
        """What gets it going again; None where nothing is in the way, or something is still running."""
        if self.name in _NEVER_CREATED | {"DELETE_FAILED"}:
            return "delete"
        if self.name == "UPDATE_FAILED":
            return "roll-back"
        if self.name == "UPDATE_ROLLBACK_FAILED":
            return "continue-rollback"
        return None

    @property
    def meaning(self) -> str:
        """A sentence about it, without a full stop."""
        if self.absent:
            return "it does not exist"
        if self.in_progress:
            return "an operation is running"
        return _MEANING.get(self.name, "its last operation succeeded")


STARTS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "DELETE_IN_PROGRESS"})
"""The stack's own event that begins an operation; a rollback begins in the middle of one."""


def failed(resource_status: str) -> bool:
    """Whether a resource's status is a failure.

    >>> failed("CREATE_FAILED"), failed("CREATE_COMPLETE")
    (True, False)
    """
    return resource_status.endswith("_FAILED")


def finished(resource_status: str) -> bool:
    """Whether nothing more happens to a resource in this part of the operation."""
    return resource_status.endswith(("_COMPLETE", "_FAILED", "_SKIPPED"))


def gone(resource_status: str) -> bool:
    """Whether a resource is in its stack no more: it was deleted, or left in the account.

    >>> gone("DELETE_SKIPPED"), gone("DELETE_FAILED")
    (True, False)
    """
    return resource_status in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
