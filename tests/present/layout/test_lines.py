"""Lines are wrapped to a width: nothing is wider, nothing is lost, no style and no secret is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.present.layout.cells import cells
from cfngen.present.layout.lines import Piece, line, text_of
from cfngen.present.style import Plain, escaped

WORDS = st.lists(st.text("ab:/-[表e\u0301", min_size=1, max_size=60), max_size=12)


class Coloured:
    def colour(self, text: str, style: object) -> str:
        return escaped(text, style)  # type: ignore[arg-type]


@given(words=WORDS, width=st.integers(20, 120), indent=st.integers(0, 40))
def test_nothing_is_wider_and_nothing_is_lost(words: list[str], width: int, indent: int) -> None:
    text = text_of([line(" ".join(words), indent=indent)], Plain(), width)
    assert all(cells(row) <= width for row in text.splitlines()), text
    shown = re.sub(r"\\u003a", ":", text)
    assert re.sub(r"\s", "", shown) == "".join(words)


@given(pieces=st.lists(st.tuples(st.text("ab ", max_size=30), st.sampled_from(["red", None])), max_size=6))
def test_colour_changes_nothing_else(pieces: list[tuple[str, None]]) -> None:
    made = [line(*(Piece(*piece) for piece in pieces), indent=3)]
    coloured = text_of(made, Coloured(), 24)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text_of(made, Plain(), 24)


def test_words_hang_below_the_first() -> None:
    text = text_of([line("+ ", Piece("one two three four five", "green"), indent=2, hang=6)], Plain(), 24)
    assert text.splitlines() == ["  + one two three four", "      five"]


def test_a_long_word_is_broken_and_begins_where_it_stands() -> None:
    text = text_of([line("on ", "arn:aws:s3:::" + "b" * 40, indent=0, hang=2)], Plain(), 30)
    assert text.splitlines()[0] == "on arn:aws:s3:::" + "b" * 14


def test_a_secret_is_hidden_before_it_could_be_cut_in_two() -> None:
    secret = "hunter2" * 10
    text = text_of([line(f"Password  {secret}")], Plain(), 30, lambda said: said.replace(secret, "****"))
    assert text == "Password  ****"


@pytest.mark.parametrize("value", ["a\n::add-path::/tmp", "a ::error::x", "\x1b[31mred", "##[error]"])
def test_no_value_commands_a_terminal_or_a_build_system(value: str) -> None:
    for width in range(20, 60):
        text = text_of([line("x" * 20, " ", Piece(value, "red"), indent=2)], Plain(), width)
        assert "\x1b" not in text
        assert "##[" not in text
        assert not any(row.strip().startswith("::") for row in text.splitlines())
