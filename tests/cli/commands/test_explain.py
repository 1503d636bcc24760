"""`cfngen explain` on a real emulator, from outside."""

from __future__ import annotations

import pytest

from tests.support.account_world import World, topic
from tests.support.failures import ALL, Half
from tests.support.schemas import valid


@pytest.mark.parametrize("half", [pytest.param(half, id=name) for name, half in ALL.items()])
def test_the_first_true_failure_with_its_places(here: World, half: Half) -> None:
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    (here.root / "templates" / "half.py").write_text('stack.add(\n    Thing("Culprit")\n)\n')
    here.deploy()
    ran = here.run("explain", "half", "--format", "json")
    valid("explain", ran.json)
    failure = ran.json["failure"]
    assert (ran.code, ran.json["operation"], failure["logical_id"]) == (0, "CREATE", half.culprit)
    assert half.reason in failure["reason"]
    line = int(failure["template"].removeprefix("out/half.yaml:"))
    text = (here.root / "out" / "half.yaml").read_text().splitlines()
    assert text[line - 1] == "  Culprit:"
    assert failure["definition"] == "templates/half.py:2"
    assert failure["remedy"]


def test_as_text(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("half", half.template, half.failing)
    here.deploy()
    lines = here.run("explain", "half").out.splitlines()
    assert lines[0].startswith("half: the last failed operation was CREATE of dev-half, begun ")
    assert lines[1] == "  first failure: Culprit (AWS::SSM::Parameter)"
    assert (
        lines[-1]
        == "  now: ROLLBACK_COMPLETE, its creation failed and was rolled back; it can only be deleted"
    )


def test_a_failed_update_is_still_explained_after_a_good_one(here: World) -> None:
    half = ALL["an SSM parameter that exists"]
    half.prepare(here.aws)
    here.stack("half", half.template, half.working)
    here.deploy()
    here.stack("half", half.template, half.failing)
    here.deploy()
    here.stack("half", topic("good"))
    assert here.deploy().code == 0
    document = here.run("explain", "half", "--format", "json").json
    assert (document["operation"], document["failure"]["logical_id"]) == ("UPDATE", half.culprit)


def test_nothing_failed(here: World) -> None:
    here.stack("one", topic("one"))
    ran = here.run("explain", "one")
    assert (ran.code, ran.out) == (0, "one: no failed operation is known; dev-one does not exist\n")
    here.deploy()
    ran = here.run("explain", "one", "--format", "json")
    valid("explain", ran.json)
    assert (ran.code, ran.json["failure"], ran.json["status"]) == (0, None, "CREATE_COMPLETE")
