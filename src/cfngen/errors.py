"""Everything cfngen raises for what a user can cause.

    CfngenError                 one sentence, the place it is about, what to do about it; exit code 1
    ├── UsageError              the command line asks for something that does not exist; exit code 2
    ├── DefinitionError         a module of templates/ is broken
    ├── TemplateError           a file is not a CloudFormation template
    ├── DeploymentFileError     a file of deployments/ is broken, or does not fit its template
    ├── OutError                out/ cannot be read or written, or is not what the manifest says
    ├── BusyError               another run is writing the same files
    └── AccountError            the AWS account, its credentials or its answer are not what was asked for

Expected outcomes (no changes, declined, rolled back) are values, never exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable


class CfngenError(Exception):
    """What went wrong, where, and how to mend it.

    Arguments:
        problem: one sentence without a full stop.
        place: where it is, as `file`, `file:line`, `file:line:column` or a logical id.
        remedy: what the reader can do next.

    >>> print(CfngenError("Resources is missing", place="a.yaml:1:1", remedy="add a Resources section"))
    a.yaml:1:1: Resources is missing
      add a Resources section
    """

    exit_code = 1

    def __init__(self, problem: str, *, place: str | None = None, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head}\n  {self.remedy}" if self.remedy else head


class UsageError(CfngenError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class DefinitionError(CfngenError):
    """A module of templates/ is broken."""


class TemplateError(CfngenError):
    """A file is not a CloudFormation template."""


class DeploymentFileError(CfngenError):
    """A file of deployments/ is broken, or does not fit its template."""


class OutError(CfngenError):
    """out/ cannot be read or written, or is not what the manifest says."""


class BusyError(CfngenError):
    """Another run is writing the same files."""


class AccountError(CfngenError):
    """The AWS account, its credentials or its answer are not what was asked for."""


def unknown(
    what: str, name: str, known: Iterable[str], *, place: str | None = None, remedy: str = ""
) -> UsageError:
    """The error for a name that does not exist, with the nearest one that does.

    Arguments:
        what: what the name should be of, such as `stack`.
        known: the names that exist.
        remedy: what to do where there is no name at all.

    >>> print(unknown("stack", "trial", ["trail", "roles"]))
    there is no stack 'trial'
      did you mean trail? choose from: roles, trail
    """
    names = sorted(known)
    choice = (
        f"{nearest(name, names, 'did you mean {}? ')}choose from: {', '.join(names)}" if names else remedy
    )
    return UsageError(f"there is no {what} {name!r}", place=place, remedy=choice or None)


def nearest(name: str, known: Iterable[str], sentence: str) -> str:
    """The sentence with the known name that looks most like `name`; empty where none does.

    >>> nearest("plna", ["plan", "deploy"], "did you mean {}?")
    'did you mean plan?'
    """
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    return sentence.format(near[0]) if near else ""
