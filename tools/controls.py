"""Make src/cfngen/report/controls/prowler.json: which prowler checks belong to which control of a framework.

    git clone https://github.com/prowler-cloud/prowler
    python tools/controls.py prowler

Taken from prowler's compliance files (Apache-2.0), of the commit that is checked out: the ids of the controls
and the names of the checks; of a check of the services in `SERVICES` also what it reads of a resource, and
the pattern that it looks for in metric filters. No sentence is taken: the texts of CIS, ISO and AICPA are
theirs. The same commit gives the same bytes.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = "https://github.com/prowler-cloud/prowler"
TARGET = Path(__file__).parents[1] / "src" / "cfngen" / "report" / "controls" / "prowler.json"
FRAMEWORKS = (
    ("cis", "CIS AWS Foundations Benchmark 5.0", "cis_5.0_aws.json"),
    ("fsbp", "AWS Foundational Security Best Practices", "aws_foundational_security_best_practices_aws.json"),
    ("soc2", "SOC 2", "soc2_aws.json"),
    ("iso27001", "ISO/IEC 27001:2022", "iso27001_2022_aws.json"),
    ("hipaa", "HIPAA", "hipaa_aws.json"),
    ("gdpr", "GDPR", "gdpr_aws.json"),
)
SERVICES = {
    "accessanalyzer",
    "athena",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "config",
    "ecr",
    "guardduty",
    "iam",
    "kms",
    "s3",
    "securityhub",
    "sns",
}
# Attributes that name a resource and judge nothing.
NAMING = {"arn", "home_region", "id", "is_multiregion", "name", "region", "tags"}
NOT_READ = {"self", "report", "datetime", "timezone", "pytz", "provider", "Check"}


def main(clone: str) -> None:
    commit = _git(clone, "rev-parse", "HEAD").strip()
    frameworks = [
        {"id": name, "name": title, "file": f"prowler/compliance/aws/{file}", "controls": controls}
        for name, title, file in FRAMEWORKS
        if (controls := list(_controls(name, json.loads(_file(clone, f"prowler/compliance/aws/{file}")))))
    ]
    asked = sorted({check for each in frameworks for one in each["controls"] for check in one["checks"]})
    document = {
        "format_version": "1.0",
        "source": SOURCE,
        "commit": commit,
        "date": _git(clone, "show", "-s", "--format=%cs", "HEAD").strip(),
        "licence": "Apache-2.0",
        "frameworks": frameworks,
        "checks": {name: about for name in asked if (about := _check(clone, name))},
    }
    TARGET.write_text(_text(document), encoding="utf-8")
    sys.stdout.write(
        f"{sum(len(each['controls']) for each in frameworks)} controls, {len(asked)} checks, "
        f"{TARGET.stat().st_size:,} bytes\n"
    )


def _controls(framework: str, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    before = ""
    for each in document["Requirements"]:
        written = each["Id"]
        if framework == "cis" and written == "1.1" and before:
            written = "1.10"  # the file lost the zero: it has 1.1 twice
        if framework in {"hipaa", "soc2", "gdpr"}:
            written = _cited(each["Id"], each["Name"])
        before = written
        yield {"id": written, "checks": list(dict.fromkeys(each["Checks"]))}


def _cited(written: str, name: str) -> str:
    """The id as people cite it, which begins the control's name."""
    if written == "164_308_a_4_ii_c":
        return "164.308(a)(4)(ii)(C)"  # the file's name says (B), which is the control before it
    if found := re.match(r"(164\.\d+(\(\w+\))+|[A-Z]+\d\.\d|Article \d+)", name):
        return found[0]
    raise SystemExit(f"{written}: no id begins its name: {name}")


def _check(clone: str, name: str) -> dict[str, Any] | None:
    service = name.partition("_")[0]
    if service not in SERVICES:
        return None
    try:
        source = _file(clone, f"prowler/providers/aws/services/{service}/{name}/{name}.py")
    except subprocess.CalledProcessError:
        return None  # the compliance files name some checks that are gone
    tree = ast.parse(source)
    found: dict[str, Any] = {"reads": sorted(set(_reads(tree)))}
    if pattern := _pattern(tree):
        found["pattern"] = pattern
    return found


def _reads(tree: ast.AST) -> Iterator[str]:
    """What a check reads of a resource, such as `trail.kms_key`, outside of its messages."""
    nodes = list(ast.walk(tree))
    aside = {id(node) for text in nodes if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    aside |= {id(call.func) for call in nodes if isinstance(call, ast.Call)}
    for node in nodes:
        if id(node) in aside or not isinstance(node, ast.Attribute | ast.Subscript):
            continue
        if not isinstance(node.ctx, ast.Load) or not isinstance(node.value, ast.Name | ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
        if isinstance(node, ast.Attribute):
            part = node.attr
        elif isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            part = node.slice.value
        else:
            continue
        if owner not in NOT_READ and not owner.endswith("_client") and part not in NAMING:
            yield f"{owner}.{part}"


def _pattern(tree: ast.AST) -> str | None:
    """The regular expression that a metric filter's pattern must match."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "pattern"
        ):
            if isinstance(node.value, ast.Constant):
                return str(node.value.value)
            if isinstance(node.value, ast.Call):
                given = {each.arg: ast.literal_eval(each.value) for each in node.value.keywords}
                return "".join(f"(?=.*{clause})" for clause in _clauses(given))
    return None


def _clauses(given: dict[str, Any]) -> Iterator[str]:
    """One expression for each clause that a filter must have, in any order."""
    if source := given.get("event_source"):
        yield rf"\$\.eventSource\s*=\s*.?{re.escape(source)}"
    for name in given.get("event_names", ()):
        yield rf"\$\.eventName\s*=\s*.?{re.escape(name)}\b"
    for field, operator, value in given.get("extra_clauses", ()):
        yield rf"\$\.{re.escape(field)}\s*{operator}\s*.?{re.escape(value)}"


def _text(document: dict[str, Any]) -> str:
    """JSON with a line for each control and check, so that git shows which of them changed."""
    lines = ["{"]
    lines += [
        f"  {json.dumps(key)}: {json.dumps(document[key])},"
        for key in ("format_version", "source", "commit", "date", "licence")
    ]
    lines.append('  "frameworks": [')
    for number, framework in enumerate(document["frameworks"], start=1):
        about = {key: value for key, value in framework.items() if key != "controls"}
        lines.append("    " + json.dumps(about)[:-1] + ', "controls": [')
        lines.append(",\n".join("      " + json.dumps(each) for each in framework["controls"]))
        lines.append("    ]}" + ("," if number < len(document["frameworks"]) else ""))
    lines += ["  ],", '  "checks": {']
    lines.append(
        ",\n".join(f"    {json.dumps(name)}: {json.dumps(each)}" for name, each in document["checks"].items())
    )
    lines += ["  }", "}"]
    return "\n".join(lines) + "\n"


def _file(clone: str, path: str) -> str:
    return _git(clone, "show", f"HEAD:{path}")


def _git(clone: str, *arguments: str) -> str:
    command = ["git", "-C", clone, *arguments]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    return run.stdout


if __name__ == "__main__":
    main(sys.argv[1])
