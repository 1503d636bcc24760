"""Running stacks in front of a person: rows on a terminal, lines elsewhere, one question at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

import pytest

from cfngen.aws.scheduler import Task, run
from cfngen.aws.session import Account
from cfngen.aws.steps import Steps
from cfngen.cli.console import Console
from cfngen.cli.following import Follower
from cfngen.cli.session import SecretConsole
from cfngen.deploy.changeset import model
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.status import StackStatus
from cfngen.present.secrets import Secrets
from tests.support.account_world import World, topic
from tests.support.stubbed import FakeClock, request
from tests.support.terminal import Keyboard, Screen

ROW = re.compile(r"(\S+) +(\d+/\d+)? +\d+ s  (\S.*)")
PROMPT = "yes, no, all, quit, ? for help:"
SURE = ("--yes", "--confirm", "dev")
CLIENT = SimpleNamespace(meta=SimpleNamespace(endpoint_url="http://localhost"))
ACCOUNT = Account("111122223333", "ap-southeast-1", "aws", "arn", lambda *_: CLIENT)


@dataclass
class Sitting(FakeClock):
    """Somebody at a terminal, who looks at it whenever time passes, and may type.

    Attributes:
        types: what is typed now, where a question is open.
    """

    types: Callable[[Screen], str | None] = lambda _screen: None
    screen: Screen = field(default_factory=Screen)

    def __post_init__(self) -> None:
        self.keyboard = Keyboard(self.screen)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.screen.now[-1:] == [PROMPT] and (typed := self.types(self.screen)) is not None:
            self.keyboard.type(typed)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


def deployments(sitting: Sitting, seconds: dict[str, float]) -> list[StackResult]:
    """Deploy some stacks side by side, each of which takes so long, in front of somebody."""
    console = SecretConsole(Console(sitting.screen, sitting.screen, sitting.keyboard), Secrets(()))
    follower = Follower(
        ACCOUNT, "dev", console, sitting, yes=False, text=True, full=False, unmet_=lambda _: None, again=str
    )

    def steps(stack: str, lasts: float) -> Steps[StackResult]:
        described = {"ChangeSetId": "id", "ChangeSetName": "name", "StackId": stack, "StackName": stack}
        made = model.parse([{**described, "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}])
        prepared = PreparedChangeSet(made, made=True, stack=DeployedStack(stack, stack, StackStatus()))
        follower.rows.begin(stack)
        agreed = yield from follower.confirm(request(stack=stack, stack_name=stack), prepared)
        yield lasts
        return StackResult(stack, stack, "deployed" if agreed else "declined")

    def task(stack: str, lasts: float) -> Task[StackResult]:
        return Task(partial(steps, stack, lasts), lambda _: StackResult(stack, stack, "skipped"))

    with sitting.keyboard:
        tasks = {stack: task(stack, lasts) for stack, lasts in seconds.items()}
        results, _ = run(tasks, lambda result: result.good, follower.rows, follower.ended)
    return list(results.values())


def test_questions_come_one_after_the_other_and_what_ends_meanwhile_waits_to_be_told() -> None:
    """The second question stays open for six seconds; the first stack ends in the middle of that."""
    asked: list[float] = []

    def types(screen: Screen) -> str | None:
        number = sum(line.startswith(PROMPT) for line in screen.everything)
        if number > len(asked):
            asked.append(sitting.time)
        if number == 2 and sitting.time < asked[1] + 6:
            return None
        return {1: "yes", 2: "no", 3: "y"}[number]

    sitting = Sitting(types=types)
    results = deployments(sitting, {"first": 3, "second": 1, "third": 1})
    assert [(each.stack, each.result) for each in results] == [
        ("first", "deployed"),
        ("second", "declined"),
        ("third", "deployed"),
    ]
    shown = sitting.screen.seen
    assert all(sum(line == PROMPT for line in each) <= 1 for each in shown)
    rows = [row for each in shown for line in each if (row := ROW.fullmatch(line))]
    assert {(row[1], row[3]) for row in rows} >= {
        ("first", "waits for your answer"),
        ("second", "waits for your answer"),
        ("third", "waits for its question"),
    }
    # While the second question is open, the row of what has ended goes, and nothing is printed.
    pages = [(each, "\n".join(each)) for each in shown if each[-1:] == [PROMPT]]
    while_open = [each for each, page in pages if "on second" in page and "on third" not in page]
    assert not [line for line in filter(ROW.fullmatch, while_open[-1]) if line.startswith("first")]
    assert not any("deployed" in line for each in while_open for line in each)
    everything = sitting.screen.everything
    kept = [line for line in everything if line.startswith((PROMPT, "first:", "second:", "third:"))]
    answered, _, *others = kept
    assert (answered, kept[1]) == (f"{PROMPT} yes", f"{PROMPT} no")
    assert others == [
        "first: deployed after 3 s",
        f"{PROMPT} y",
        "second: declined, nothing was changed after 1 s",
        "third: deployed after 1 s",
    ]
    assert not any(ROW.fullmatch(line) for line in everything)


@pytest.mark.parametrize(("answer", "asked"), [("all", 1), ("quit", 1), ("?", 4)])
def test_an_answer_that_is_about_the_questions_to_come(answer: str, asked: int) -> None:
    answers = iter([answer, "yes", "yes", "yes"])
    sitting = Sitting(types=lambda _screen: next(answers))
    results = deployments(sitting, {"first": 1, "second": 1, "third": 1})
    tags = {"quit": "declined"}
    assert {each.result for each in results} == {tags.get(answer, "deployed")}
    assert sum(line.startswith(PROMPT) for line in sitting.screen.everything) == asked


def test_in_a_pipe_each_event_is_a_line(here: World) -> None:
    here.stack("one", topic("one"))
    here.stack("two", topic("two"), depends_on=("one",))
    ran = here.run("deploy", "--yes")
    assert ran.code == 0, ran.err
    assert not re.search(r"[\x1b\r]", ran.out + ran.err)
    events = ["CREATE_IN_PROGRESS", "Topic CREATE_COMPLETE", "CREATE_COMPLETE"]
    assert ran.err.splitlines() == [f"{stack}: {event}" for stack in ("one", "two") for event in events]
    assert re.search(r"^one: deployed after \d+ s$", ran.out, re.MULTILINE)
    assert re.search(r"^two +deployed +1\.0\.0 +\d+$", ran.out, re.MULTILINE)
    quiet = Screen(), Screen()
    console = Console(*quiet)
    console.quiet = True
    here.stack("one", topic("one"), {"Word": "new"})
    assert here.show(console, "deploy", "--yes") == 0
    assert quiet[1].now == []


def test_a_stack_that_is_deleted_has_a_row(here: World) -> None:
    here.stack("base", topic("base"))
    here.stack("user", topic("user"), depends_on=("base",))
    assert here.deploy().code == 0
    screen = Screen()
    code = here.show(Console(screen, screen), "destroy", *SURE)
    everything = screen.everything
    assert code == 0, everything
    rows = [row.groups() for shown in screen.seen for line in shown if (row := ROW.fullmatch(line))]
    assert {("user", "0/1", "deleting"), ("base", "0/1", "deleting")} <= set(rows)
    assert not any(ROW.fullmatch(line) or "DELETE_" in line for line in everything)
    ended = [line for line in everything if line.endswith(": deleted")]
    assert ended == ["user: deleted", "base: deleted"]
    assert max(map(len, everything)) <= 100


def test_a_stack_that_is_imported_and_updated_has_a_row(here: World) -> None:
    here.aws.client("sns").create_topic(Name="one", Attributes={"DisplayName": "by hand"})
    template = topic("one")
    template["Resources"]["Topic"]["DeletionPolicy"] = "Retain"
    template["Resources"]["Other"] = topic("other")["Resources"]["Topic"]
    here.stack("one", template)
    screen = Screen()
    code = here.show(Console(screen, screen), "adopt", "one", "--yes")
    everything = screen.everything
    assert code == 0, everything
    rows = [row.groups() for shown in screen.seen for line in shown if (row := ROW.fullmatch(line))]
    assert {("one", done, "executing the change set") for done in ("0/1", "0/2")} <= set(rows)
    assert not any(ROW.fullmatch(line) or "COMPLETE" in line for line in everything)
    assert sum("imported: 1 resource is in the stack now" in line for line in everything) == 1
    assert sum(line.startswith("one: deployed") for line in everything) == 1
