"""What somebody else wrote is text, and nothing more."""

from __future__ import annotations

import json

import pytest

from cfngen.errors import CfngenError
from cfngen.present import visible
from tests.support.nasty import NASTY

UNSEEN = [
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
]


@pytest.mark.parametrize("text", NASTY)
def test_a_line_is_one_line_and_holds_nothing_unseen(text: str) -> None:
    shown = visible.one_line(f"reason: {text}")
    assert not set(UNSEEN) & set(shown)
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize("text", NASTY)
def test_json_shows_it_and_reads_back(text: str) -> None:
    written = visible.visible(json.dumps({"a": text}, ensure_ascii=False, indent=2))
    assert json.loads(written) == {"a": text}
    assert not (set(UNSEEN) - {"\n"}) & set(written)


@pytest.mark.parametrize("text", NASTY)
def test_markdown_shows_it_as_text(text: str) -> None:
    shown = visible.markdown(text)
    assert "\n" not in shown
    assert "@o" not in shown
    assert "<" not in shown.replace("\\<", "")
    assert "|" not in shown.replace("\\|", "")
    assert "://" not in shown


def test_no_line_speaks_to_the_build_system() -> None:
    shown = visible.visible("a::b\n::error::x\n \t::warning::y\n##[group]z\n# ## title")
    assert shown == "a::b\n\\u003a:error::x\n \t\\u003a:warning::y\n\\u0023#[group]z\n# ## title"


def test_our_own_colours_stay_where_asked_and_no_other_sequence() -> None:
    text = "\x1b[31mred\x1b[0m \x1b[2J \x1b[41m"
    assert visible.visible(text, styled=True) == "\x1b[31mred\x1b[0m \\u001b[2J \\u001b[41m"
    assert "\x1b" not in visible.visible(text)


def test_an_error_is_one_line_and_its_remedy() -> None:
    error = CfngenError("bad\n::error::x", place="a\nb", remedy="mend it")
    assert visible.error(error) == "a\\nb: bad\\n::error::x\n  mend it"


def test_what_stands_beside_a_character_does_not_change_how_it_is_shown() -> None:
    for code in (*range(0x11000), *range(0xE0000, 0xE0100)):
        assert visible.seen(f"\x1b{chr(code)}") == f"\\u001b{visible.seen(chr(code))}"
