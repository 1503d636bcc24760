"""Faults put into the calls of one API operation, between botocore and the emulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore import exceptions
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.session import Session

_ERROR = "<ErrorResponse><Error><Code>{code}</Code><Message>{said}</Message></Error></ErrorResponse>"


class _Raw:
    """A response's body as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        yield self._content


def _answer(status: int, code: str, said: str) -> Callable[[Any], AWSResponse]:
    body = _ERROR.format(code=code, said=said).encode()
    return lambda request: AWSResponse(request.url, status, {"content-type": "text/xml"}, _Raw(body))


def _unreachable(request: Any) -> AWSResponse:
    raise exceptions.ConnectTimeoutError(endpoint_url=request.url)


def _lost(request: Any) -> AWSResponse:
    """Carried out, but nobody hears of it."""
    URLLib3Session().send(request)
    raise exceptions.ReadTimeoutError(endpoint_url=request.url)


def _page(request: Any) -> AWSResponse:
    """Something else answers in the service's place."""
    return AWSResponse(request.url, 200, {"content-type": "text/html"}, _Raw(b"Welcome to this network"))


def _cut_off(request: Any) -> AWSResponse:
    """Carried out, but only half of the answer comes."""
    answer = URLLib3Session().send(request)
    half = answer.content[: len(answer.content) // 2]
    return AWSResponse(request.url, answer.status_code, answer.headers, _Raw(half))


FAULTS: dict[str, tuple[Callable[[Any], AWSResponse], bool]] = {
    "throttled once": (_answer(400, "Throttling", "Rate exceeded"), True),
    "throttled": (_answer(400, "Throttling", "Rate exceeded"), False),
    "no connection": (_unreachable, False),
    "answer lost": (_lost, False),
    "500": (_answer(500, "InternalFailure", "internal failure"), False),
    "denied": (_answer(403, "AccessDenied", "not authorized"), False),
    "expired": (_answer(403, "ExpiredToken", "the token has expired"), False),
    "not XML": (_page, False),
    "an error with 200": (_answer(200, "InternalFailure", "internal failure"), False),
    "cut off": (_cut_off, False),
    "lost, then denied": (_answer(403, "AccessDenied", "not authorized"), False),
}
"""By name: what happens instead of an answer, and whether only the first call is hit."""


@dataclass
class Line:
    """The connection to AWS: remembers what was called, and fails where it is told to.

    Attributes:
        operation: the one whose calls fail; empty: none.
        fault: how, a key of FAULTS.
        only: whether a call of that operation is hit, told from its body; None: each.
        calls: the names of all operations that were called, in order.
        hits: how many calls of `operation` there were.
    """

    operation: str = ""
    fault: str = ""
    calls: list[str] = field(default_factory=list)
    hits: int = 0
    only: Callable[[str], bool] | None = None

    def tap(self, session: Session) -> Session:
        """Let the session's calls go through here."""
        session.get_component("event_emitter").register("before-send", self._send)
        return session

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        self.calls.append(operation)
        if operation != self.operation or not (self.only is None or self.only(str(request.body))):
            return None
        fail, once = FAULTS[self.fault]
        self.hits += 1
        if self.fault == "lost, then denied" and self.hits == 1:
            return _lost(request)
        return None if once and self.hits > 1 else fail(request)
