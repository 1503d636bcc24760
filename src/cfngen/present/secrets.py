"""The one filter for everything that leaves a command which knows secret values."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from cfngen.present.visible import Clean
from cfngen.template.values import MASK

_SHORT: Final = 4
_HEAD: Final = 16
"""Characters after which a text that goes on like a secret is taken for it, cut or not."""
_PART: Final = 8
"""Characters of the shortest line, item or member that counts as a secret by itself."""
_SPACE: Final = r"(?:\s|\\+[nrtf]|\\+u00(?:0[9aAdD]|20)|%(?:20|0[9aAdD])|\+|&#(?:9|1[03]|x[aAdD9]|xa);|&#xA;)"
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


@dataclass(frozen=True)
class Secrets:
    """The values of NoEcho parameters, which are never shown, in whatever form they come back.

    >>> Secrets(("hunter2 & co",)).hide("the password is hunter2%20%26%20co, I said hunter2 &amp; co")
    'the password is ****, I said ****'
    """

    values: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """The text without the secrets: a short one where it is a word of its own, any other anywhere.

        As they are, and as JSON, URLs, XML, YAML and Base64 write them, with other white space, line by
        line, item by item, and cut after sixteen characters or more.
        """
        for secret in self._forms:
            text = secret.hide(text)
        return text

    def json(self, document: Any) -> Clean:
        """The document as JSON, the secrets hidden in every string of it."""
        return Clean(json.dumps(self._hidden(document), indent=2, ensure_ascii=False))

    @cached_property
    def _forms(self) -> list[_Form]:
        parts = {part for value in self.values for part in _parts(value)}
        return [_form(part) for part in sorted(parts, key=len, reverse=True)]

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {self.hide(str(key)): self._hidden(item) for key, item in value.items()}
        return [self._hidden(item) for item in value] if isinstance(value, list | tuple) else value


def _parts(value: str) -> Iterator[str]:
    """The value, its Base64, and its lines, items and JSON members where they are long enough to be told."""
    if not value.strip():
        return
    yield value.strip()
    pieces = [*value.splitlines(), *value.split(","), *_members(value)]
    yield from (piece.strip() for piece in pieces if len(piece.strip()) >= _PART)
    yield base64.b64encode(value.encode()).decode()


def _members(value: str) -> Iterator[str]:
    try:
        opened = [json.loads(value)] if value.strip()[0] in "{[" else []
    except (ValueError, RecursionError):
        return
    while opened:
        item = opened.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict | list):
            opened += item.values() if isinstance(item, dict) else item


@dataclass(frozen=True)
class _Form:
    """One secret: what its text begins with, and how each further character may be written."""

    head: re.Pattern[str]
    rest: tuple[re.Pattern[str], ...]

    def hide(self, text: str) -> str:
        shown, end = [], 0
        while found := self.head.search(text, end):
            stop = found.end()
            for character in self.rest:
                more = character.match(text, stop)
                if more is None:
                    break
                stop = more.end()
            shown += [text[end : found.start()], MASK]
            end = stop
        return "".join([*shown, text[end:]])


@lru_cache(maxsize=512)
def _form(secret: str) -> _Form:
    tokens = [_token(token) for token in re.findall(r"\s+|\S", secret)]
    head = "".join(tokens[:_HEAD])
    if len(secret) < _SHORT:
        head = rf"(?<!\w)(?<!\w[.-]){head}(?!\w|[.-]\w)"  # not a part of a version or of a name
    return _Form(re.compile(head), tuple(re.compile(token) for token in tokens[_HEAD:]))


@lru_cache(maxsize=4096)
def _token(written: str) -> str:
    """A pattern for one character, or for white space, as it may be written."""
    if written.isspace():
        return f"{_SPACE}+"
    if written.isascii() and written.isalnum():
        return written
    units = written.encode("utf-16-be").hex()
    unicode = "".join(rf"\\+u(?i:{units[index : index + 4]})" for index in range(0, len(units), 4))
    percent = "".join(f"%{byte:02x}" for byte in written.encode())
    other = [rf"(?i:{percent})", unicode, rf"&\#0*{ord(written)};", rf"(?i:&\#x0*{ord(written):x};)"]
    other.append(rf"\\+(?i:U{ord(written):08x})")
    if len(written.encode("latin-1", "ignore")) == 1:
        other.append(rf"\\+x(?i:{ord(written):02x})")
    if written in _NAMED:
        other.append(_NAMED[written])
    if written == "\\":
        other.append(r"\\+")
    elif written == "'":
        other.append("''")
    slashes = r"\\*" if written.isascii() else ""
    # JSON that was formatted anew has space after what holds it together.
    after = rf"{_SPACE}*" if written in ",:{}[]" else ""
    before = rf"{_SPACE}*" if written in "}]" else ""
    return rf"{before}(?:{'|'.join(other)}|{slashes}{re.escape(written)}){after}"
