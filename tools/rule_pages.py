"""Write docs/rules/: one page for each lint rule of ours, made from the rule itself.

python tools/rule_pages.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from cfnlint.rules import CloudFormationLintRule

ROOT = Path(__file__).resolve().parents[1]
RULES = {"cfngen.lint.rules": ROOT / "src" / "cfngen" / "lint" / "rules", "lint": ROOT / "lint"}
TARGET = ROOT / "docs" / "rules"
LEVELS = {"E": "error", "W": "warning", "I": "information"}
SHOWN = 24  # lines of an example


def rules() -> list[Any]:
    """Every rule of ours, by id."""
    found = []
    files = [(package, path) for package, folder in RULES.items() for path in folder.glob("[!_]*.py")]
    for package, path in sorted(files):
        module = import_module(f"{package}.{path.stem}")
        found += [
            value()
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, CloudFormationLintRule)
            and value.__module__ == module.__name__
        ]
    return sorted(found, key=lambda rule: rule.id[1:])


def template(rule: Any, example: str, outputs: str = "") -> str:
    """A whole template around one of the rule's examples."""
    sections = [
        f"{title}:\n{indent(lines, '  ')}"
        for title in ("Parameters", "Conditions")
        if (lines := getattr(rule, title.lower(), ""))
    ]
    resources = dedent(getattr(rule, "around", "")).strip("\n") + "\n" + dedent(example).strip("\n")
    after = [f"Outputs:\n{indent(outputs, '  ')}"] if outputs else []
    return "\n".join([*sections, "Resources:", indent(resources.strip("\n"), "  "), *after, ""])


def examples(rule: Any) -> tuple[str, str]:
    """A template that the rule reports, and one that it does not."""
    outputs = getattr(rule, "outputs", "")
    right = getattr(rule, "right", rule.wrong)
    return template(rule, rule.wrong, outputs), template(rule, right, getattr(rule, "right_outputs", outputs))


def page(rule: Any) -> str:
    """The rule's page, in Markdown."""
    wrong, right = examples(rule)
    parts = [
        f"# {rule.id}: {rule.shortdesc}",
        f"Level: {LEVELS[rule.id[0]]}. Source: <{rule.source_url}>",
        rule.description,
        "## Reported",
        _values(getattr(rule, "wrong_values", {})) + _block(wrong),
        "## Not reported",
        _values(getattr(rule, "right_values", {})) + _block(right),
    ]
    if rule.id != "W9510":
        parts += [
            "## Switch the rule off for one resource",
            "Give the reason beside it; W9510 asks for one.",
            _block(
                "Metadata:\n  cfn-lint:\n"
                f"    config: {{ignore_checks: [{rule.id}]}}\n"
                f"    reasons: {{{rule.id}: Why this resource is an exception.}}\n"
            ),
        ]
    return "\n\n".join(parts) + "\n"


def index(found: list[Any]) -> str:
    """The list of all rules, in Markdown."""
    own = [rule for rule in found if not rule.__module__.startswith("cfngen.")]
    parts = [
        "# Lint rules",
        "The rules that `cfngen lint` adds to those of cfn-lint.",
        _table([rule for rule in found if rule not in own]),
        "## Rules of this repository",
        "They are about the stacks of this repository and lie in `lint/`. Any project may have that folder: "
        "`cfngen lint` adds its [rules](https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/"
        "getting_started/rules.md), whose ids are 9601 and above. Plain cfn-lint takes them with "
        "`--append-rules lint`.",
        _table(own),
    ]
    return "\n\n".join(parts) + "\n"


def _table(found: list[Any]) -> str:
    rows = [f"| [{rule.id}]({rule.id}.md) | {LEVELS[rule.id[0]]} | {rule.shortdesc} |" for rule in found]
    return "\n".join(["| rule | level | what it asks for |", "| --- | --- | --- |", *rows])


def pages() -> dict[str, str]:
    """Every file of docs/rules/ by its name."""
    found = rules()
    return {"README.md": index(found), **{f"{rule.id}.md": page(rule) for rule in found}}


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    written = pages()
    for path in TARGET.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (TARGET / name).write_text(text, encoding="utf-8")


def _values(values: Mapping[str, str]) -> str:
    given = ", ".join(f"`{name}: {value}`" for name, value in values.items())
    return f"With the values {given} in a deployment file:\n\n" if values else ""


def _block(text: str) -> str:
    lines = re.sub(r"\n+", "\n", text).strip("\n").split("\n")
    if len(lines) > SHOWN:
        lines = [*lines[: SHOWN - 1], f"# … and {len(lines) - SHOWN + 1} more lines"]
    return "```yaml\n" + "\n".join(lines) + "\n```"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # for `lint`
    main()
