"""Patterns held against every short name."""

from __future__ import annotations

import re
from itertools import product

from cfngen.template.access.patterns import apart, holds

NAMES = ["".join(letters) for length in range(5) for letters in product("ab", repeat=length)]
PATTERNS = ["".join(letters) for length in range(4) for letters in product("ab*?", repeat=length)]


def test_what_is_said_of_two_patterns_is_true_of_every_name() -> None:
    matched = {}
    for pattern in PATTERNS:
        written = re.compile(pattern.replace("*", ".*").replace("?", "."))
        matched[pattern] = {name for name in NAMES if written.fullmatch(name)}
    held = 0
    for one, other in product(PATTERNS, PATTERNS):
        if holds(one, other):
            held += 1
            assert matched[one] >= matched[other], (one, other)
        # Both say so of all names; of short ones only that there is none in common.
        assert apart(one, other) == matched[one].isdisjoint(matched[other]), (one, other)
    assert held > len(PATTERNS)
