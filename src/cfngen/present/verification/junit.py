"""JUnit XML, which CodeBuild shows as a test report: a suite for each stack, a case for each claim.

A claim that does not hold fails; one that nobody can tell yet is skipped, with the reason.
https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cfngen.present.verification.wording import Report, lines, where
from cfngen.present.visible import visible
from cfngen.verify.results import Result, counts


def render(report: Report) -> str:
    """The report."""
    root = Element("testsuites", name=f"cfngen verify {where(report)}")
    for stack in dict.fromkeys(result.claim.stack for result in report.results):
        results = [result for result in report.results if result.claim.stack == stack]
        found = counts(results)
        suite = SubElement(
            root,
            "testsuite",
            name=stack,
            tests=str(len(results)),
            failures=str(found["does not hold"]),
            errors="0",
            skipped=str(found["not yet"] + found["cannot tell"]),
            time=f"{sum(result.seconds for result in results):.3f}",
        )
        for result in results:
            _case(suite, result)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + visible(tostring(root, encoding="unicode")) + "\n"


def _case(suite: Element, result: Result) -> None:
    claim = result.claim
    case = SubElement(
        suite,
        "testcase",
        name=visible(claim.says),
        classname=f"{claim.stack}.{claim.about or claim.kind}",
        time=f"{result.seconds:.3f}",
    )
    body = str("\n".join([*lines(result), *([claim.source] if claim.source else []), claim.id]))
    message = visible(result.verdict.evidence)
    if result.outcome == "does not hold":
        SubElement(case, "failure", type=claim.kind, message=message).text = body
    elif result.outcome == "holds":
        SubElement(case, "system-out").text = body
    else:
        SubElement(case, "skipped", message=f"{result.outcome}: {message}")
        SubElement(case, "system-out").text = body
