"""The one reader of intrinsic functions and of `${…}`: what a value calls, refers to and is made of.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from cfngen.template.values import Path, as_text

NO_VALUE: Final = {"Ref": "AWS::NoValue"}
_NESTS: Final = (dict, list)

# White space around a name is no part of it: cfn-lint 1.58 (`REGEX_SUB_PARAMETERS`) and AWS CDK's reader
# (https://github.com/cdklabs/decdk/pull/358, with literals) both strip it. A name ends at the first `}`.
_PLACEHOLDER: Final = re.compile(r"\$\{(\s*!)?([^}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.:]+")
_LIKE_A_NAME: Final = re.compile(r"\$\{(?=(?:[A-Za-z0-9]+(?:\.[A-Za-z0-9.]+)?|AWS::[A-Za-z0-9]+)\})")

Kind = Literal["name", "condition", "mapping", "section"]
"""Parameters and resources share their names: `Ref` asks for either."""

Target = tuple[Kind, str]


class Absent:
    """No value where the other template has one."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()


class Call(NamedTuple):
    """A part of a string that a function computes.

    Attributes:
        function: `Ref`, `Fn::GetAtt`, …
        argument: of `Ref` and `Fn::GetAtt` as text, `Trail.Arn`; of every other function as it is written.
    """

    function: str
    argument: Any

    @property
    def refers(self) -> bool:
        """Whether it stands for a parameter, a resource or an attribute, as `${…}` in Fn::Sub does."""
        return self.function in {"Ref", "Fn::GetAtt"} and isinstance(self.argument, str)


def intrinsic(value: Any) -> str | None:
    """The function's name when `value` is a call of an intrinsic function.

    >>> intrinsic({"Fn::Sub": "${A}"}), intrinsic({"Key": "A"}), intrinsic("A")
    ('Fn::Sub', None, None)
    >>> intrinsic({"Condition": "A"}), intrinsic({"Condition": {"Bool": {}}})
    ('Condition', None)
    """
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref" or name.startswith("Fn::") or (name == "Condition" and isinstance(argument, str)):
            return str(name)
    return None


def choice(value: Any) -> tuple[str, Any, Any] | None:
    """Condition, value when it holds and value otherwise, of a well-formed Fn::If; None for anything else.

    >>> choice({"Fn::If": ["Named", "a", {"Ref": "AWS::NoValue"}]})
    ('Named', 'a', {'Ref': 'AWS::NoValue'})
    """
    match value:
        case {"Fn::If": [str() as condition, yes, no]} if len(value) == 1:
            return condition, yes, no
    return None


@lru_cache(maxsize=4096)
def placeholders(template: str) -> tuple[str | Call, ...]:
    """The literal and the computed parts of Fn::Sub's text, in order; `${!Literal}` is the text `${Literal}`.

    A name that CloudFormation refuses (`valid_name`) is still one placeholder, up to the first `}`.

    >>> placeholders("a-${ P }/${!user}")
    ('a-', Call(function='Ref', argument='P'), '/', '${user}')
    >>> placeholders("${P${Q}}")
    (Call(function='Ref', argument='P${Q'), '}')
    """
    return tuple(_placeholders(template))


def _placeholders(template: str) -> Iterator[str | Call]:
    end = 0
    closed = template.rfind("}") + 1  # nothing after it can be a placeholder: looked for, it takes for ever
    for match in _PLACEHOLDER.finditer(template, 0, closed):
        literal, written = match.groups()
        name = written.strip()
        if end < match.start():
            yield template[end : match.start()]
        if literal or not name:
            yield f"${{{written}}}"
        else:
            yield Call("Fn::GetAtt" if "." in name else "Ref", name)
        end = match.end()
    if end < len(template):
        yield template[end:]


def valid_name(name: str) -> bool:
    """Whether CloudFormation takes the name in `${…}`: it refuses the template otherwise.

    "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and
    colons": https://github.com/aws-cloudformation/cfn-lint/pull/1430

    >>> valid_name("AWS::Region"), valid_name("P${Q"), valid_name("a b")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def substitution(argument: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Text and variables of Fn::Sub's argument; None where it is not well formed."""
    match argument:
        case str():
            return argument, {}
        case [str() as template, dict() as variables]:
            return template, variables
    return None


def parts(value: Any) -> list[str | Call]:
    """A string value as its literal and its computed parts, in order, neighbouring literals as one.

    >>> parts({"Fn::Sub": "${P}-${Trail.Arn}"})
    [Call(function='Ref', argument='P'), '-', Call(function='Fn::GetAtt', argument='Trail.Arn')]
    >>> parts({"Fn::Join": ["-", ["a", {"Ref": "P"}, "b"]]})
    ['a-', Call(function='Ref', argument='P'), '-b']
    """
    if isinstance(value, str):
        return [value] if value else []
    merged: list[str | Call] = []
    for part in _pieces(value):
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        elif part != "":
            merged.append(part)
    return merged


def literal(word: str) -> str:
    """A text in Fn::Sub's words: what could be taken for a parameter or a resource is marked.

    >>> literal("${Bucket}/${aws:username}")
    '${!Bucket}/${aws:username}'
    """
    return _LIKE_A_NAME.sub("${!", word)


def text(value: Any) -> str:
    """A value as a person reads it: computed ones in Fn::Sub's words, all others as they are.

    A function that Fn::Sub has no word for stands in braces by its name.

    >>> text({"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]})
    '${Bucket.Arn}/*'
    >>> text({"Fn::If": ["Named", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]})
    '${Name} if Named, else nothing'
    >>> text({"Fn::Join": [":", [{"Fn::ImportValue": {"Fn::Sub": "${Project}-Topic"}}, "${Topic}"]]})
    '${Fn::ImportValue: ${Project}-Topic}:${!Topic}'
    """
    if not isinstance(value, dict | list):
        return as_text(value)
    if value == NO_VALUE:
        return "nothing"
    if chosen := choice(value):
        condition, yes, no = chosen
        return f"{text(yes)} if {condition}, else {text(no)}"
    if intrinsic(value):
        return "".join(literal(part) if isinstance(part, str) else _call(part) for part in parts(value))
    return json.dumps(value, sort_keys=True, default=str)


def _call(call: Call) -> str:
    if call.refers:
        return f"${{{call.argument}}}"
    if not call.function:
        return text(call.argument)
    arguments = call.argument if isinstance(call.argument, list) else [call.argument]
    return f"${{{call.function}: {', '.join(map(text, arguments))}}}"


def references(value: Any, path: Path = ()) -> Iterator[tuple[Target, Path]]:
    """Everything that `value` depends on, each with the path of the outermost computed value that needs it.

    >>> list(references({"Name": {"Fn::Sub": "${Project}-a"}, "Size": 1}))
    [(('name', 'Project'), ('Name',))]
    """
    function = intrinsic(value)
    if function == "Fn::If" and (chosen := choice(value)):
        condition, *branches = chosen
        yield ("condition", condition), path
        for index, branch in enumerate(branches, start=1):
            yield from references(branch, (*path, "Fn::If", index))
    elif function:
        for target in _inside(value):
            yield target, path
    elif isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, _NESTS):
                yield from references(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, _NESTS):
                yield from references(item, (*path, index))


def _pieces(value: Any) -> Iterator[str | Call]:
    if not isinstance(value, dict | list):
        yield as_text(value)
        return
    match value:
        case {"Ref": str() as name} if len(value) == 1:
            yield Call("Ref", name)
        case {"Fn::GetAtt": [*names]} if len(value) == 1 and all(isinstance(name, str) for name in names):
            yield Call("Fn::GetAtt", ".".join(names))
        case {"Fn::GetAtt": str() as name} if len(value) == 1:
            yield Call("Fn::GetAtt", name)
        case {"Fn::Join": [str() as delimiter, [*items]]} if len(value) == 1:
            kept = [item for item in items if item != NO_VALUE]
            for index, item in enumerate(kept):
                yield from (delimiter, *_pieces(item)) if index else _pieces(item)
        case {"Fn::Sub": argument} if len(value) == 1 and (written := substitution(argument)):
            template, variables = written
            for part in placeholders(template):
                if isinstance(part, Call) and part.argument in variables:
                    yield from _pieces(variables[part.argument])
                else:
                    yield part
        case dict() if function := intrinsic(value):
            yield Call(function, value[function])
        case _:
            yield Call("", value)


def _inside(value: Any) -> Iterator[Target]:
    """All targets anywhere in a function's call."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, _NESTS):
                yield from _inside(item)
    elif isinstance(value, dict):
        for key, argument in value.items():
            if isinstance(argument, str):
                yield from _of_text(key, argument)
                continue
            match key, argument:
                case "Fn::GetAtt", [str() as resource, *rest]:
                    yield "name", resource.partition(".")[0]
                    yield from _inside(rest)
                case "Fn::If", [str() as name, *branches]:
                    yield "condition", name
                    yield from _inside(branches)
                case "Fn::FindInMap", [str() as name, *keys]:
                    yield "mapping", name
                    yield from _inside(keys)
                case "Fn::Sub", [str() as written, dict() as variables]:
                    yield from _substituted(written, variables)
                    yield from _inside(list(variables.values()))
                case _:
                    yield from _inside(argument)


@lru_cache(maxsize=4096)
def _of_text(function: str, argument: str) -> tuple[Target, ...]:
    """The targets of a function whose argument is text; none of a key that is not such a function."""
    match function:
        case "Ref":
            return (("name", argument),)
        case "Condition":
            return (("condition", argument),)
        case "Fn::GetAtt":
            return (("name", argument.partition(".")[0]),)
        case "Fn::Sub":
            return tuple(_substituted(argument, {}))
    return ()


def _substituted(template: str, variables: Mapping[str, Any]) -> Iterator[Target]:
    for part in placeholders(template):
        if isinstance(part, Call) and part.argument not in variables:
            yield "name", part.argument.partition(".")[0]
