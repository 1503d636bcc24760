"""What AWS managed policies allow, from a file that `tools/managed_policies.py` makes."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_ARN: Final = re.compile(r"arn:.+:iam::aws:policy/(.+)")


def statements(arn: str) -> list[dict[str, Any]] | None:
    """The statements of the AWS managed policy with this ARN; None for any other policy, or an unknown one.

    >>> statements("arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess")
    [{'Action': ['s3:*', 's3-object-lambda:*'], 'Effect': 'Allow', 'Resource': '*'}]
    """
    match = _ARN.fullmatch(arn)
    return None if match is None else _data()["policies"].get(match.group(1))


def size(name: str) -> tuple[int, int] | None:
    """How many statements and different action patterns a policy has, by its name without the path.

    >>> size("AmazonS3FullAccess"), size("NotThere")
    ((1, 2), None)
    """
    found = next((path for path in _data()["policies"] if path.rpartition("/")[2] == name), None)
    if found is None:
        return None
    said = _data()["policies"][found]
    patterns = [statement.get(key, []) for statement in said for key in ("Action", "NotAction")]
    actions = {item for value in patterns for item in ([value] if isinstance(value, str) else value)}
    return len(said), len(actions)


def date() -> str:
    """The day of the newest policy known, as YYYY-MM-DD."""
    return str(_data()["date"])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    import gzip
    import json

    content = (Path(__file__).parent / "managed_policies.json.gz").read_bytes()
    data: dict[str, Any] = json.loads(gzip.decompress(content))
    return data
