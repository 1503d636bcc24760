"""`--save FILE`: a command's result in a file, in the format that the file's name tells."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cfngen.errors import CfngenError, UsageError
from cfngen.present.visible import visible

_FORMATS = {".json": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown", ".csv": "csv"}


def add_save(parser: argparse.ArgumentParser, what: str, formats: Sequence[str] = ()) -> None:
    """The option.

    Arguments:
        what: what is written, such as `the plan`.
        formats: the command's formats, of which the file's name chooses one, and the option can be
            repeated; empty: JSON, once.
    """
    if not formats:
        parser.add_argument("--save", type=Path, metavar="FILE", help=f"also write {what} to a file, as JSON")
        return
    endings = [ending for ending, name in _FORMATS.items() if name in formats]
    parser.add_argument(
        "--save",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help=f"also write {what} to a file, in the format of its ending ({', '.join(endings)}; "
        "any other: text); can be repeated",
    )


def format_of(path: Path, formats: Sequence[str]) -> str:
    """The format that a file's name tells; `text` for an ending that tells none.

    Raises:
        UsageError: the command does not write that format.

    >>> format_of(Path("report.xml"), ("text", "junit"))
    'junit'
    """
    name = _FORMATS.get(path.suffix, "text")
    if name not in formats:
        endings = ", ".join(ending for ending, known in _FORMATS.items() if known in formats)
        raise UsageError(
            f"--save {path}: this command writes no {name}", remedy=f"use one of the endings {endings}"
        )
    return name


def save(path: Path, text: str) -> None:
    """Write a file that the command line named.

    Raises:
        CfngenError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(visible(text) + "\n", encoding="utf-8")
    except OSError as error:
        raise CfngenError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="name another file"
        ) from error
