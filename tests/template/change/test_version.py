"""Semantic versions: from the last release's to the next, the same for the same content."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.errors import OutError
from cfngen.template.change.compare import version_of, versions
from cfngen.template.change.version import BUMPS, Bump, key, next_version, stamped, unstamped

TOPIC = {"Type": "AWS::SNS::Topic"}
STAMP = {"cfngen": {"Stack": "a", "Version": "1.2.0"}}


@given(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)), st.sampled_from(BUMPS))
def test_the_next_version_is_greater_and_the_none_is_the_same(
    numbers: tuple[int, int, int], bump: Bump
) -> None:
    version = ".".join(map(str, numbers))
    following = next_version(version, bump)
    assert (key(following) > key(version)) == (bump != "none")
    assert key(following)[: BUMPS[::-1].index(bump)][:-1] == numbers[: BUMPS[::-1].index(bump)][:-1]


@pytest.mark.parametrize("text", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "01.2.3", "1.2.3-rc1"])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(OutError, match="is not a version"):
        key(text)


def test_the_first_version_and_the_next() -> None:
    first = {"Resources": {"A": TOPIC}}
    assert version_of(None, None, first)[0] == "1.0.0"
    assert version_of("1.2.0", first, first) == ("1.2.0", version_of("1.2.0", first, first)[1])
    assert version_of("1.2.0", first, {"Resources": {"A": TOPIC, "B": TOPIC}})[0] == "1.3.0"
    assert version_of("1.2.0", {"Resources": {"A": TOPIC, "B": TOPIC}}, first)[0] == "2.0.0"


def test_the_stamp_is_no_content() -> None:
    plain = {"Resources": {"A": TOPIC}}
    marked = {**plain, "Metadata": STAMP}
    assert stamped(marked) == "1.2.0"
    assert stamped(plain) is None
    assert stamped({"Metadata": {"cfngen": "x"}}) is None
    assert unstamped(marked) == plain
    assert unstamped({**plain, "Metadata": {**STAMP, "Other": 1}}) == {**plain, "Metadata": {"Other": 1}}
    assert version_of("1.2.0", marked, plain)[0] == "1.2.0"


def test_versions_are_those_stamped_or_the_next() -> None:
    plain: dict[str, Any] = {"Resources": {}}
    marked = {**plain, "Metadata": STAMP}
    assert versions(marked, plain, "minor") == ("1.2.0", "1.3.0")
    assert versions(plain, marked, "minor") == (None, "1.2.0")
    assert versions(plain, plain, "none") == (None, None)
