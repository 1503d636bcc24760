"""What linting finds: one place in one template, one rule, one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Level = Literal["error", "warning", "informational"]

LEVELS: tuple[Level, ...] = ("error", "warning", "informational")
"""cfn-lint's own levels, the worst one first: an E, a W or an I at the start of a rule's id.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"""


@dataclass(frozen=True)
class Finding:
    """One rule broken at one place.

    Attributes:
        rule: the rule's id, e.g. `E3002`.
        level: how bad it is.
        message: what is wrong, in one sentence.
        file: the template or deployment file, relative to the project's root, with forward slashes.
        line: from 1.
        column: from 1.
        logical_id: the resource, where the place is inside one.
        path: the keys and indexes that lead to the place in the template.
        environments: the environments with whose values it appears; empty: whatever the values are.
        summary: what the rule wants, in a few words.
        source_url: the documentation that the rule stands on; may be empty.
        definition: `file:line` of the Python that defines the resource, where it is known.
    """

    rule: str
    level: Level
    message: str
    file: str
    line: int = 1
    column: int = 1
    logical_id: str | None = None
    path: tuple[str | int, ...] = ()
    environments: tuple[str, ...] = ()
    summary: str = ""
    source_url: str = ""
    definition: str | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts findings as people read them: by file, from its top to its end; never two the same."""
        return (self.file, self.line, self.column, self.rule, self.message, repr(self))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON; `from_dict` takes it back."""
        return {**vars(self), "path": list(self.path), "environments": list(self.environments)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_dict` made this of.

        >>> finding = Finding("W1", "warning", "so", "a.yaml", path=("Resources", "A"))
        >>> Finding.from_dict(finding.to_dict()) == finding
        True
        """
        return cls(**{**data, "path": tuple(data["path"]), "environments": tuple(data["environments"])})


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted, each once: what several environments have in common names them all.

    What appears without any environment's values is not repeated for each environment.

    >>> one = Finding("E1", "error", "wrong", "a.yaml", environments=("dev",))
    >>> merged([one, replace(one, environments=("prod",))])[0].environments
    ('dev', 'prod')
    >>> merged([one, replace(one, environments=())])[0].environments
    ()
    """
    environments: dict[Finding, set[str]] = {}
    anyway: set[Finding] = set()
    for finding in findings:
        bare = replace(finding, environments=())
        environments.setdefault(bare, set()).update(finding.environments)
        if not finding.environments:
            anyway.add(bare)
    result = [
        bare if bare in anyway else replace(bare, environments=tuple(sorted(names)))
        for bare, names in environments.items()
    ]
    return sorted(result, key=lambda finding: finding.order)


def count(findings: Iterable[Finding]) -> dict[Level, int]:
    """How many of each level.

    >>> count([Finding("W1", "warning", "so", "a.yaml")])
    {'error': 0, 'warning': 1, 'informational': 0}
    """
    result: dict[Level, int] = dict.fromkeys(LEVELS, 0)
    for finding in findings:
        result[finding.level] += 1
    return result
