"""Pages in terminals of several widths: nothing wider, nothing twice, the sums as the JSON has them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyte
import pytest

from cfngen.sandbox.launcher import Sandbox
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, fresh_account
from tests.support.terminal import Shown, in_terminal

pytestmark = pytest.mark.unmeasured

COMMAND = (sys.executable, "-m", "cfngen")


@pytest.fixture(scope="module")
def account(sandbox: Sandbox) -> Iterator[Aws]:
    with fresh_account(sandbox) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, account: Aws) -> Path:
    """This repository's stacks, in a folder of their own."""
    root = tmp_path_factory.mktemp("pages") / "project"
    for name in ("templates", "deployments", "out", "lint"):
        shutil.copytree(ROOT / name, root / name)
    with (root / "deployments" / "dev" / "environment.yaml").open("a") as file:
        file.write(f"\naccounts: ['{account.account}']\n")  # so that nothing is asked about that
    return root


def _environment(account: Aws, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(("PATH", "COVERAGE", "HOME"))
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", **account.environment, **more}


def _plain(text: str) -> list[str]:
    """The lines that stay, without colours and without what was replaced in place."""
    without = re.sub(r"[^\n]*\r(\x1b\[\d+A)?\x1b\[J", "", text.replace("\r\n", "\n"))
    return re.sub(r"\x1b\[[0-9;]*m", "", without).splitlines()


def _summed(document: Mapping[str, Any]) -> str:
    """The last line but one of a plan, from its JSON."""
    words = {"none": "to change", "in-place": "to change", "replace": "to replace", "delete": "to delete"}
    numbers: Counter[str] = Counter()
    permissions: Counter[str] = Counter()
    for stack in document["stacks"]:
        for change in stack["changes"]:
            if change["section"] == "Resources":
                added = change["action"] == "add"
                numbers["to add" if added else words[change["consequence"]]] += 1
        permissions.update(each["direction"] for each in stack["permissions"])
    told = ", ".join(f"{numbers[word]} {word}" for word in ("to add", "to change", "to replace", "to delete"))
    return f"Plan: {told}. Permissions: {permissions['wider']} wider, {permissions['narrower']} narrower"


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_a_plan_of_all_new_stacks_can_be_read(columns: int, project: Path, account: Aws) -> None:
    words = [*COMMAND, "plan", "--env", "dev", "--save", "plan.json"]
    shown = in_terminal(words, project, _environment(account), columns=columns)
    assert shown.code == 0
    lines = _plain(shown.text)
    assert max(map(len, lines)) <= columns
    assert len(lines) < 200
    assert "\x1b[32m" in shown.text
    document = json.loads((project / "plan.json").read_text())
    assert len(document["stacks"]) >= 10
    assert _summed(document) in " ".join(line.strip() for line in lines)


@pytest.mark.parametrize("columns", ["", "72"])
def test_the_same_in_a_pipe(columns: str, project: Path, account: Aws) -> None:
    environment = _environment(account) | ({"COLUMNS": columns} if columns else {})
    words = [*COMMAND, "plan", "--env", "dev"]
    ran = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert "\x1b" not in ran.stdout + ran.stderr
    assert max(map(len, ran.stdout.splitlines())) <= int(columns or "100")
    (saved,) = re.findall(r"cfngen deploy --env dev --plan (\S+)", " ".join(ran.stdout.split()))
    assert (project / saved).is_file()
    assert (project / ".cfngen" / ".gitignore").read_text() == "*\n"


def _screens(shown: Shown, columns: int, rows: int) -> tuple[list[list[str]], list[str]]:
    """What the terminal showed after each piece, and all that it shows at the end, scrolled away or not."""
    screen = pyte.HistoryScreen(columns, rows, history=5000)
    stream = pyte.ByteStream(screen)
    seen = []
    for piece in shown.pieces:
        stream.feed(piece)
        seen.append([row.rstrip() for row in screen.display])
    gone = ["".join(line[column].data for column in range(columns)).rstrip() for line in screen.history.top]
    return seen, [*gone, *seen[-1]]


def test_deploying_ten_stacks_shows_a_row_for_each_that_runs(project: Path, account: Aws) -> None:
    words = [*COMMAND, "deploy", "--env", "dev", "--yes"]
    shown = in_terminal(words, project, _environment(account), columns=80, rows=50)
    assert shown.code == 0
    seen, everything = _screens(shown, 80, 50)
    running = re.compile(r"(\S+) +(\d+/\d+)? +\d+ s  \S")
    most = 0
    for screen in seen:
        names = [found[1] for row in screen if (found := running.fullmatch(row) or running.match(row))]
        assert len(names) == len(set(names)), screen
        most = max(most, len(names))
    assert most >= 2
    assert not [row for row in everything if running.match(row)]
    ended = Counter(found[1] for row in everything if (found := re.match(r"(\S+): deployed after", row)))
    assert len(ended) >= 10
    assert set(ended.values()) == {1}
    table = [row for row in everything if re.match(r"[a-z-]+ +deployed +\d+\.\d+\.\d+ +\d+$", row)]
    assert len(table) == len(ended)
    assert not any("TrailArn" in row for row in everything)


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_dumb_terminal_gets_plain_lines(more: dict[str, str], project: Path, account: Aws) -> None:
    words = [*COMMAND, "deploy", "cost-guard", "--env", "dev", "--yes", "--outputs"]
    shown = in_terminal(words, project, _environment(account, **more), columns=80)
    assert shown.code == 0
    assert not re.search(r"\x1b\[\d*m", shown.text)
    if "TERM" in more:
        assert "\x1b" not in shown.text
    assert "BudgetName = " in shown.text


def test_a_question_ends_with_a_line_where_it_is_cut_short(project: Path, account: Aws) -> None:
    values = project / "deployments" / "dev" / "cost-guard.yaml"
    values.write_text(re.sub(r"^tags:", "tags:\n  extra: one", values.read_text(), flags=re.MULTILINE))
    words = [*COMMAND, "deploy", "cost-guard", "--env", "dev"]
    for answers, code in ((["?", "^C"], 130), (["nonsense", "no"], 1), (["quit"], 1), (["all"], 0)):
        shown = in_terminal(words, project, _environment(account, NO_COLOR="1"), columns=80, answers=answers)
        assert shown.code == code, shown.text
        _, everything = _screens(shown, 80, 40)
        where = f"(dev · account {account.account} · {account.region})?"
        asked = " ".join(row.strip() for row in everything)
        assert where in asked
        prompts = [row for row in everything if row.startswith("yes, no, all, quit, ? for help:")]
        assert len(prompts) == len(answers)
        assert ("execute this change set and all that follow" in asked) == (len(answers) > 1)
        if code == 130:
            assert not any("help:" in row and "cost-guard" in row for row in everything)
