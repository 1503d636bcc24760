"""JUnit XML, which CodeBuild shows as a test report: a suite for each file, a case for each finding.

Only errors fail: that is what the exit code says, too. A file without findings is a case that passes.
https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cfngen.lint.finding import Finding
from cfngen.present.visible import visible


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """The report.

    >>> print(render([], ["out/a.yaml"]).splitlines()[-3].strip())
    <testcase name="no findings" classname="out/a.yaml" time="0" />
    """
    root = Element("testsuites", name="cfngen lint")
    for file in sorted({*files, *(finding.file for finding in findings)}):
        found = [finding for finding in findings if finding.file == file]
        errors = sum(finding.level == "error" for finding in found)
        tests = str(len(found) or 1)
        suite = SubElement(
            root, "testsuite", name=file, tests=tests, failures=str(errors), errors="0", skipped="0", time="0"
        )
        for finding in found:
            _case(suite, finding)
        if not found:
            SubElement(suite, "testcase", name="no findings", classname=file, time="0")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + visible(tostring(root, encoding="unicode")) + "\n"


def _case(suite: Element, finding: Finding) -> None:
    where = finding.logical_id or f"line {finding.line}"
    case = SubElement(suite, "testcase", name=f"{finding.rule} {where}", classname=finding.file, time="0")
    said = [finding.message, f"{finding.file}:{finding.line}:{finding.column}"]
    said += [part for part in (finding.definition, finding.summary, finding.source_url) if part]
    if finding.environments:
        said.append(f"with the values of {' and '.join(finding.environments)}")
    body = "\n".join(said)
    if finding.level == "error":
        failure = SubElement(case, "failure", type=finding.rule, message=finding.message)
        failure.text = body
    else:
        SubElement(case, "system-out").text = f"{finding.level}: {body}"
