"""Whatever a definition holds: written so that every reader takes it, or one error that says where it is."""

from __future__ import annotations

import datetime
import decimal
import enum
from pathlib import PurePosixPath
from typing import Any

import pytest
from awacs.aws import Action, Statement
from hypothesis import given, settings
from hypothesis import strategies as st
from troposphere import encode_to_dict
from troposphere.sns import Topic

from cfngen.define.stack import Stack
from cfngen.errors import DefinitionError
from cfngen.generate.emit import to_json, to_yaml
from cfngen.generate.plain import UnwritableError, plain
from cfngen.generate.render import render
from cfngen.template.load import load


class Name(str):
    """Text of a class of its own."""

    def __str__(self) -> str:
        return "something else"


class Colour(enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    SMALL = 1


class Word(str, enum.Enum):  # noqa: UP042 - what older definitions do
    HELLO = "hello"


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({111122223333: "a", True: "b"}, {"111122223333": "a", "true": "b"}),
        (Name("a"), "a"),
        ({Name("k"): Name("v")}, {"k": "v"}),
        (Word.HELLO, "hello"),
        ([Size.SMALL, 1.5, -0.0], [1, 1.5, -0.0]),
        ((1, (2,)), [1, [2]]),
    ],
)
def test_is_written_as_what_it_is_made_of(value: Any, written: Any) -> None:
    found = plain(value)
    assert found == written
    assert type(found) in {str, dict, list}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "null"),
        (datetime.date(2026, 1, 31), "date"),
        ({1, 2}, "set"),
        (b"a", "bytes"),
        (decimal.Decimal(1), "Decimal"),
        (Colour.RED, "Colour"),
        (PurePosixPath("a"), "PurePosixPath"),
        ((letter for letter in "ab"), "generator"),
        (float("nan"), "nan"),
        (float("-inf"), "inf"),
        (10**5000, "digits"),
        (object(), "object"),
        ({None: 1}, "NoneType"),
        ({1.5: 1}, "float"),
        ({(1, 2): 1}, "tuple"),
        ({1: "a", "1": "b"}, "twice"),
        (CYCLE, "nests deeper than 100 levels"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_is_refused_with_what_it_is_and_where(value: Any, problem: str) -> None:
    with pytest.raises(UnwritableError) as error:
        plain({"Above": [value]})
    assert problem in error.value.sentence
    assert error.value.sentence.startswith("Above.0")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary()
keys = st.text() | st.integers() | st.booleans() | st.none() | st.sampled_from(["Ref", "Fn::Sub", "Fn::If"])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.tuples(inner) | st.sets(st.integers()),
    max_leaves=12,
)


@settings(max_examples=300)
@given(anything, st.sampled_from(["metadata", "property", "mapping", "condition", "output"]))
def test_what_is_written_is_read_again_the_same(value: Any, where: str) -> None:
    stack = Stack("d")
    topic = stack.add(Topic("Topic"))
    if where == "metadata":
        stack.template.metadata = {"Odd": value}
    elif where == "mapping":
        stack.template.mappings["Odd"] = value
    elif where == "condition":
        stack.template.conditions["Odd"] = value
    elif where == "output":
        outputs: dict[str, Any] = stack.template.outputs
        outputs["Odd"] = {"Value": value}
    else:
        topic.properties["DisplayName"] = value
    try:
        data = render(stack, lambda _: "templates/odd.py")
        yaml = to_yaml(data)
    except (DefinitionError, UnicodeEncodeError):
        return
    assert load(yaml, "odd.yaml").data == load(to_json(data), "odd.json").data


def test_an_object_of_awacs_with_a_dictionary_of_its_own_is_written_as_troposphere_writes_it() -> None:
    class Named(Statement):
        def to_dict(self) -> dict[str, Any]:
            return {"Sid": "Own"}

    for kind in (Statement, Named):
        written = kind(Sid="Sid", Effect="Allow", Action=[Action("s3", "Get*")], Resource=["*"])
        assert plain([written]) == encode_to_dict([written])
