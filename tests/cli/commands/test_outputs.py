"""`cfngen outputs` on a real emulator, from outside."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.account_world import World, topic
from tests.support.schemas import valid

ODD = 'it\'s "$HOME" `id` $(id) \\ ;\n& *'


def _stack(here: World, name: str, **outputs: str) -> None:
    template = topic(name)
    template["Outputs"] |= {output: {"Value": value} for output, value in outputs.items()}
    here.stack(name, template)


@pytest.fixture
def deployed(here: World) -> World:
    _stack(here, "one", OddValue=ODD)
    _stack(here, "two")
    here.deploy("one")
    return here


def test_text_tells_what_is_deployed_and_what_is_not(deployed: World) -> None:
    ran = deployed.run("outputs")
    arn = f"arn:aws:sns:{deployed.aws.region}:{deployed.aws.account}:one"
    assert f"one\n  Arn = {arn}\n" in ran.out
    assert (ran.code, ran.err) == (0, "two: not deployed\n")


def test_a_stack_that_was_named_and_is_not_there_fails(deployed: World) -> None:
    ran = deployed.run("outputs", "two")
    assert (ran.code, ran.out, ran.err) == (1, "", "two: not deployed\n")
    assert deployed.run("outputs", "one").code == 0


def test_json(deployed: World) -> None:
    ran = deployed.run("outputs", "--format", "json")
    valid("outputs", ran.json)
    assert ran.stacks["one"]["outputs"]["OddValue"] == ODD
    assert (ran.stacks["two"]["deployed"], ran.stacks["two"]["outputs"]) == (False, {})


def test_a_shell_gets_every_value_as_it_is(deployed: World) -> None:
    assignments = deployed.run("outputs", "one", "--format", "env").out
    shell = subprocess.run(
        ["bash", "-euc", 'eval "$1"; printf %s "$ONE_ODD_VALUE"', "sh", assignments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout == ODD
    assert "ONE_ARN=arn:aws:sns:" in assignments


def test_two_outputs_with_one_variable_are_refused(here: World) -> None:
    _stack(here, "one", TheArn="a", theArn="b")
    here.deploy()
    ran = here.run("outputs", "--format", "env")
    assert (ran.code, ran.out) == (1, "")
    assert "would both be ONE_THE_ARN" in ran.err


def test_what_a_shell_would_get_wrong_is_left_out_and_told(here: World) -> None:
    template = topic("one")
    template["Parameters"]["Word"] = {"Type": "String", "NoEcho": True}
    template["Outputs"] |= {
        "Password": {"Value": {"Fn::Sub": "it is ${Word}"}},
        "Bell": {"Value": "a\u202eb"},
    }
    here.stack("one", template, {"Word": "hunter2hunter2"})
    here.deploy()
    ran = here.run("outputs", "--format", "env")
    assert ran.code == 0
    assert [line.partition("=")[0] for line in ran.out.splitlines()] == ["ONE_ARN"]
    assert "one: Password is left out: it holds the value of a NoEcho parameter" in ran.err
    assert "one: Bell is left out: it holds characters that cannot be shown" in ran.err
    for style in ("text", "json"):
        shown = here.run("outputs", "--format", style).out
        assert "it is ****" in shown
        assert "hunter2" not in shown
