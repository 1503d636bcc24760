"""A release as an entry of CHANGELOG.md, in the format of https://keepachangelog.com."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import label, promises, subject
from cfngen.template.access.permissions import PermissionChange
from cfngen.template.change.judgement import Judgement

HEAD: Final = "# Changelog\n"

_OLDER: Final = re.compile(r"^## (?!\[?Unreleased\b)", re.MULTILINE | re.IGNORECASE)
_DATE: Final = re.compile(r" - \d{4}-\d\d-\d\d$")
_ACTIONS: Final = {"add": "Added", "modify": "Changed", "rename": "Changed", "remove": "Removed"}
_MOST_ACTIONS: Final = 12
"""Actions of one permission that are named; of more, the number of each service. `cfngen diff` names all."""


def entry(difference: Difference, date: str) -> str:
    """What a release brings, in Markdown.

    Arguments:
        date: the day of the release, YYYY-MM-DD.

    >>> from cfngen.template.change.compare import compare
    >>> topic = {"Type": "AWS::SNS::Topic"}
    >>> found = compare({"Resources": {"A": topic}}, {"Resources": {"A": topic, "B": topic}})
    >>> print(entry(Difference("alarms", "release 1.0.0", "1.0.0", "1.1.0", found), "2030-01-31"), end="")
    ## alarms 1.1.0 - 2030-01-31
    <BLANKLINE>
    ### Added
    <BLANKLINE>
    - resource `B` (AWS::SNS::Topic)
    """
    title = f"## {difference.stack} {difference.to_version} - {date}\n"
    if not difference.against:
        return f"{title}\nFirst release.\n"
    groups: dict[str, list[str]] = {name: [] for name in ("Removed", "Changed", "Added", "Security")}
    for item in difference.comparison.judgements:
        groups[_ACTIONS[item.change.action]].append(_line(item))
    for permission in difference.comparison.permissions:
        version = difference.to_version if permission.gained else difference.from_version
        groups["Security"].append(f"- {permission.word}: {_statement(permission, version)}")
    groups["Promises"] = [f"- {word}: {told}" for word, told in promises(difference)]
    return title + "".join(_group(name, lines) for name, lines in groups.items() if lines)


def insert(changelog: str, entries: list[str]) -> str:
    """The changelog with the entries above every older one, below what is not released yet.

    An entry that is there already, whatever its date, is not written a second time.

    >>> insert("# Changelog\\n\\n## Unreleased\\n\\n## a 1.0.0\\n", ["## b 1.0.0\\n"])
    '# Changelog\\n\\n## Unreleased\\n\\n## b 1.0.0\\n\\n## a 1.0.0\\n'
    """
    there = {_DATE.sub("", line) for line in changelog.splitlines() if line.startswith("## ")}
    entries = [entry for entry in entries if _DATE.sub("", entry.partition("\n")[0]) not in there]
    if not entries:
        return changelog
    older = _OLDER.search(changelog)
    start = older.start() if older else len(changelog)
    before, after = changelog[:start].rstrip("\n"), changelog[start:]
    return "\n\n".join(
        part for part in (before, *(entry.rstrip("\n") for entry in entries), after) if part
    ) + ("" if after else "\n")


def _group(name: str, lines: list[str]) -> str:
    return f"\n### {name}\n\n" + "".join(f"{line}\n" for line in lines)


def _statement(permission: PermissionChange, version: str | None) -> str:
    """The sentence of a permission, with many actions as numbers.

    Arguments:
        version: whose template has the permission.
    """
    actions = permission.actions
    if len(actions) <= _MOST_ACTIONS:
        return permission.statement
    where = f"the template of {version}" if version else "the template"
    short = _of_managed(actions) if permission.via else _many(actions, where)
    return permission.statement.replace(", ".join(actions), short, 1)


def _many(actions: Sequence[str], where: str) -> str:
    """How many actions of which service, and each wildcard by its name.

    >>> _many(["s3:GetObject", "s3:PutObject", "iam:*"], "the template of 1.1.0")
    '3 actions (2 of s3, iam:*; the template of 1.1.0 names each)'
    """
    wild = [action for action in actions if not re.fullmatch(r"[\w-]+:\w+", action)]
    services = Counter(action.partition(":")[0] for action in actions if action not in wild)
    told = [f"{number} of {service}" for service, number in services.items()]
    return f"{len(actions)} actions ({', '.join([*told, *wild])}; {where} names each)"


def _of_managed(actions: Sequence[str]) -> str:
    """The same of a managed policy, which may name thousands: only wildcards of a whole service by name.

    >>> _of_managed(["s3:Get*", "s3:PutObject", "iam:*"])
    '3 actions (of 1 service in part, iam:*; the managed policy names each)'
    """
    whole = [action for action in actions if not re.fullmatch(r"[\w-]+:.*\w.*", action)]
    services = {action.partition(":")[0] for action in actions if action not in whole}
    told = [f"of {len(services)} {'service' if len(services) == 1 else 'services'} in part"]
    return f"{len(actions)} actions ({', '.join([*told, *whole])}; the managed policy names each)"


def _line(item: Judgement) -> str:
    told = subject(item)
    if item.change.logical_id:
        told = told.replace(item.change.logical_id, f"`{item.change.logical_id}`", 1)
    if item.change.action == "add":
        return f"- {told}"
    return f"- {told}: {'; '.join(_facts(item))}"


def _facts(item: Judgement) -> Iterator[str]:
    yield label(item)
    if item.data_loss:
        yield "data loss"
    if item.change.action == "modify":
        paths = (
            cause.path[1:] if cause.path[:1] == ("Properties",) else cause.path
            for cause in item.change.causes
        )
        names = dict.fromkeys(str(path[0]) for path in paths if path)
        if names:
            yield ", ".join(names)
