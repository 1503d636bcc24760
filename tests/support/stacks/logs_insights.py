"""Reads CloudWatch Logs Insights queries far enough to find misspelt commands, functions and fields.

No parser of this language is public; whether AWS takes a query is for an account to show.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

COMMANDS = {"fields", "filter", "stats", "sort", "limit", "parse", "display", "dedup"}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
FUNCTIONS = {"ispresent", "coalesce"}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
AGGREGATES = {"count", "count_distinct", "latest", "earliest", "min", "max", "sum", "avg"}
WORDS = {"as", "by", "and", "or", "not", "like", "in", "asc", "desc"}
SYSTEM_FIELDS = {"@timestamp", "@message", "@logStream", "@log", "@ingestionTime"}

_NAME = re.compile(r"(?P<alias>\bas\s+)?(?P<name>@?[A-Za-z_][\w.]*)(?P<call>\s*\()?")


def fields_of(events: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names that Logs Insights discovers in JSON events: one for each leaf, dots between the levels."""

    def leaves(value: Any, path: str) -> Iterable[str]:
        if not isinstance(value, Mapping):
            return [path]
        return [leaf for name, item in value.items() for leaf in leaves(item, f"{path}.{name}")]

    return {leaf.removeprefix(".") for each in events for leaf in leaves(each, "")}


def problems(query: str, fields: set[str]) -> list[str]:
    """What is unknown in the query; empty when everything is known.

    >>> problems('filter eventNam = "x" | sort @timestamp desc', {"eventName"})
    ['eventNam is no field']
    """
    if query.count('"') % 2:
        return ["a quote is not closed"]
    found = []
    known = fields | SYSTEM_FIELDS
    for stage in re.sub(r'"[^"]*"', '""', query).split("|"):
        command, _, rest = stage.strip().partition(" ")
        if command not in COMMANDS:
            found.append(f"{command} is no command")
        if rest.count("(") != rest.count(")"):
            found.append(f"{command} has brackets that do not match")
        aliases = set()
        if command == "parse":
            rest, _, new = rest.partition(" as ")
            aliases = {name.strip() for name in new.split(",")}
        for match in _NAME.finditer(rest):
            name = match["name"]
            if match["call"]:
                if name not in (AGGREGATES if command == "stats" else FUNCTIONS):
                    found.append(f"{name} is no function of {command}")
            elif match["alias"]:
                aliases.add(name)
            elif name not in WORDS and name not in known | aliases:
                found.append(f"{name} is no field")
        if command == "stats":
            grouped = set(re.findall(r"[\w.]+", rest.rpartition(" by ")[2]))
            known = aliases | grouped  # nothing else is left after it
        known |= aliases
    return found
