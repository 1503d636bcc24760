"""A value of a template as a person reads it: computed ones in Fn::Sub's words, all others as they are."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

from cfngen.template.change.equality import intrinsic, parts
from cfngen.template.values import as_text


def text(value: Any) -> str:
    """A value in Fn::Sub's words.

    >>> text({"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]})
    '${Bucket.Arn}/*'
    >>> text({"Fn::If": ["Named", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]})
    '${Name} if Named, else nothing'
    """
    if not isinstance(value, dict | list):
        return as_text(value)
    match value:
        case {"Ref": "AWS::NoValue"}:
            return "nothing"
        case {"Fn::If": [str() as condition, yes, no]}:
            return f"{text(yes)} if {condition}, else {text(no)}"
    if intrinsic(value):
        words = [_word(part) for part in parts(value)]
        if all(word is not None for word in words):
            return "".join(word for word in words if word is not None)
    return json.dumps(value, sort_keys=True)


def _word(part: Hashable) -> str | None:
    if isinstance(part, str):
        return part
    if isinstance(part, tuple) and part[0] in {"Ref", "Fn::GetAtt"}:
        return f"${{{part[1]}}}"
    return None
