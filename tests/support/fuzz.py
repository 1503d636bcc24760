"""Inputs that nobody meant, made from good ones by seed."""

from __future__ import annotations

import copy
import random
from typing import Any

import yaml

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    10**400,
    "",
    " ",
    "\x00",
    "${",
    "${A",
    "a" * 5000,
    "\u202e\ud83d",
    "2026-11-27",
    [],
    {},
    [[]],
    {"": None},
    {"Ref": "Nowhere"},
    {"Fn::Sub": "${X}${"},
    {"Fn::If": ["No", 1]},
    {"Fn::GetAtt": [1, 2]},
    {"Fn::Join": []},
    {"Fn::Transform": {"Name": "AWS::Include"}},
)
BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<<<<<<< HEAD\n",
    b"\t",
    b"&a ",
    b"*a",
    b"!!python/x ",
    b"{",
    b"]",
)
CODE = (
    "1/0",
    "None",
    "(",
    "raise SystemExit(2)",
    "stack = 1",
    "stack.add(stack)",
    "del stack",
    "\x00",
    "    x",
)


def mutated(data: Any, rng: random.Random) -> Any:
    """A copy in which one to three places are something else."""
    made = copy.deepcopy(data)
    for _ in range(rng.randint(1, 3)):
        places: list[tuple[Any, Any]] = []
        _collect(made, places)
        if not places:
            return rng.choice(ODD)
        holder, key = rng.choice(places)
        match rng.randint(0, 5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice(["", "Fn::If", "Ref", "x" * 300, "\x1b"])] = holder.pop(key)
            case 2:
                nested: Any = "deep"
                for _level in range(rng.choice([30, 200, 1000])):
                    nested = [nested] if rng.random() < 0.5 else {"a": nested}
                holder[key] = nested
            case _:
                holder[key] = copy.deepcopy(rng.choice(ODD))
    return made


def _collect(node: Any, places: list[tuple[Any, Any]]) -> None:
    if isinstance(node, dict | list) and len(places) < 500:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            _collect(node[key], places)


def damaged(content: bytes, rng: random.Random) -> bytes:
    """A text that was cut, doubled or mixed with bytes that do not belong there."""
    at, to = sorted((rng.randint(0, len(content)), rng.randint(0, len(content))))
    match rng.randint(0, 3):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + rng.choice(BYTES) + content[at:]
        case 2:
            return content[:at] + content[to:]
    return content[:to] + content[at:]


def structured(data: Any, content: bytes, rng: random.Random) -> bytes:
    """Either of the two, of a YAML or JSON file."""
    if rng.random() < 0.5:
        return damaged(content, rng)
    import json

    changed = mutated(data, rng)
    try:
        if rng.random() < 0.5:
            return json.dumps(changed).encode("utf-8", "surrogatepass")
        return str(yaml.safe_dump(changed, allow_unicode=True)).encode("utf-8", "surrogatepass")
    except RecursionError:
        return b"[" * 1000 + b"]" * 1000


def program(source: str, rng: random.Random) -> bytes:
    """A definition with a line too many, too few or broken."""
    lines = source.splitlines(keepends=True)
    at = rng.randint(0, len(lines) - 1)
    match rng.randint(0, 3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, f"{rng.choice(CODE)}\n")
        case 2:
            lines[at] = lines[at].replace('"', rng.choice(["", "'", "None", "[]"]), rng.randint(1, 2))
        case _:
            return damaged(source.encode(), rng)
    return "".join(lines).encode()
