"""A template, claims, events and results that mean harm: the page shows them, and runs nothing of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from cfngen.report.render import PARTS
from tests.support.projects import make
from tests.support.report import of_project

SCRIPT = "<script>window.hit='script'</script>"
IMAGE = "<img src=x onerror=\"window.hit='image'\">"
BREAKOUT = "\"' onfocus=window.hit='attribute' autofocus tabindex=0 x='"
LINK = "javascript:window.hit='link'"
TURNED = "a\u202etxt.exe\u2066b\u200bc"
HARM = (SCRIPT, IMAGE, BREAKOUT, LINK, TURNED, "</title></style></svg></details>", "{{ 7 * 7 }} {count}")
ALL = " ".join(HARM)

DEFINITION = f"""\
from troposphere import Ref, Sub
from troposphere.iam import Role
from troposphere.sns import Topic, TopicPolicy
from troposphere.s3 import Bucket

from cfngen.define.claims import claim
from cfngen.define.stack import Stack

HARM = {ALL!r}
stack = Stack("A topic " + HARM)
stack.add(Bucket("Bucket", BucketName=Sub({LINK!r})))
topic = stack.add(Topic("Topic", DisplayName=HARM, TopicName=Sub({SCRIPT!r})))
trust = {{"Statement": [{{"Sid": HARM, "Effect": "Allow", "Principal": {{"Service": HARM, "AWS": [HARM]}},
          "Action": "sts:AssumeRole", "Condition": {{"StringEquals": {{HARM: HARM}}}}}}]}}
stack.add(Role("Role", RoleName=Sub({IMAGE!r}), Description=HARM, AssumeRolePolicyDocument=trust))
stack.add(TopicPolicy("Policy", Topics=[Ref("Topic")], PolicyDocument={{"Statement": [
    {{"Sid": HARM, "Effect": "Allow", "Principal": {{"Service": "{SCRIPT}.amazonaws.com"}},
     "Action": "sns:Publish", "Resource": Ref("Topic")}}]}}))
stack.claim(claim("topic", "Topic", HARM, given={{"topic": Ref("Topic")}}))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make(tmp_path_factory.mktemp("hostile") / "project", harm=DEFINITION)
    done = project.cfngen("generate", "--no-lint")
    assert done.returncode == 0, done.stderr
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    (folder / "harm.yaml").write_text("template-file-path: out/harm.yaml\n")
    return project.root


def documents() -> dict[str, dict[str, Any]]:
    claim = {
        "id": f"harm/{ALL}",
        "stack": "harm",
        "says": ALL,
        "kind": "topic",
        "about": ALL,
        "severity": "high",
        "source": LINK,
        "outcome": "does-not-hold",
        "evidence": ALL,
        "details": [ALL],
        "again": ALL,
        "needs": [ALL],
    }
    verify = {
        "format_version": "1.0",
        "environment": "dev",
        "account": "111122223333",
        "region": "ap-southeast-1",
        "at": ALL,
        "emulated": False,
        "seconds": 1,
        "calls": 1,
        "counts": {"holds": 0, "does-not-hold": 1, "not-yet": 0, "cannot-tell": 0},
        "claims": [claim],
    }
    activity: dict[str, Any] = {
        "format_version": "1.0",
        "environment": "dev",
        "from": "2026-03-01",
        "to": "2026-03-01",
        "engine": "duckdb",
        "source": ALL,
        "verification": {
            "status": "refuted",
            "files": 0,
            "digests": 0,
            "digests_found": 1,
            "problems": [ALL],
        },
        "counts": None,
        "scanned_bytes": None,
        "questions": [
            {
                "name": ALL,
                "description": ALL,
                "columns": [ALL, "date", "calls"],
                "rows": [{ALL: ALL, "date": "2026-03-01", "calls": 7}],
                "cut": True,
            },
            {
                "name": "b",
                "description": "",
                "columns": ["person", "calls"],
                "rows": [{"person": ALL, "calls": 7}],
                "cut": True,
            },
        ],
    }
    return {"verify": verify, "activity": activity}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_means_harm_is_shown_and_not_run(browser: Browser, root: Path, language: str) -> None:
    content = of_project(root, language, **documents())
    for harm in (SCRIPT, IMAGE):
        assert harm not in content
    assert "\u202e" not in content
    assert "49" not in content.partition("{{ 7 * 7 }}")[2][:40]
    file = root / "page.html"
    file.write_text(content, encoding="utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(file.as_uri())
    page.click("#all")
    text = page.inner_text("body")
    for _ in range(60):
        page.keyboard.press("Tab")
    hit = page.evaluate("window.hit ?? null")
    images = page.locator("img, iframe, object, embed, [onfocus], [onerror], a[href^=javascript]").count()
    sections = page.locator("main > section").count()
    page.close()
    assert (hit, images, said) == (None, 0, [])
    assert sections == len(PARTS)
    for harm in (SCRIPT, IMAGE, "a\\u202etxt.exe\\u2066b\\u200bc", "{{ 7 * 7 }} {count}"):
        assert harm in text


def test_the_check_itself_finds_what_runs(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><p>{IMAGE}</p>", encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_function("window.hit === 'image'")
    page.close()
