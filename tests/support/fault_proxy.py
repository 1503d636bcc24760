"""A forward proxy between a command and the emulator that does, by a seed, what networks and services do.

botocore talks to it as to any HTTP proxy, so requests keep their signature and their `Host`.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"
KINDS = (
    "throttled",
    "plain text 429",
    "500",
    "a page with 503",
    "no connection",
    "answer lost",
    "truncated",
    "cut off",
    "not XML",
    "200 with an error",
    "200 without the result",
    "denied",
    "expired",
    "stale",
    "drop by drop",
)
_DONE = {"answer lost", "truncated", "cut off", "not XML", "200 with an error", "drop by drop"}
"""The faults after which the call may have been carried out: half of the time it was."""

_XML = {"Content-Type": "text/xml"}
_HTML = {"Content-Type": "text/html"}
_INSTEAD: dict[str, tuple[int, dict[str, str], bytes]] = {
    "throttled": (400, _XML, _ERROR.format("Throttling", "Rate exceeded").encode()),
    "plain text 429": (429, {"Content-Type": "text/plain"}, b"slow down"),
    "500": (500, _XML, _ERROR.format("InternalFailure", "internal failure").encode()),
    "a page with 503": (503, _HTML, b"<html><body>busy<br></body></html>"),
    "denied": (403, _XML, _ERROR.format("AccessDenied", "not authorized").encode()),
    "expired": (403, _XML, _ERROR.format("ExpiredToken", "the token has expired").encode()),
    "not XML": (200, _HTML, b"Welcome to the hotel's network"),
    "200 with an error": (200, _XML, _ERROR.format("InternalFailure", "no").encode()),
}


@dataclass
class Schedule:
    """What goes wrong and when: the same for the same seed and the same calls.

    Attributes:
        kinds: the faults of this schedule.
        rate: which part of the calls is hit.
        first, last: the calls that can be hit, by number; `last` is not.
    """

    seed: int
    kinds: tuple[str, ...] = ()
    rate: float = 0.0
    first: int = 0
    last: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    _random: random.Random = field(default_factory=random.Random)
    _answers: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, seed: int) -> Schedule:
        chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        kinds = tuple(chance.sample(KINDS, chance.randint(1, 4)))
        first = chance.randint(0, 12)
        last = first + chance.choice([1, 2, 4, 8, 1000])
        return cls(seed, kinds, chance.choice([0.15, 0.3, 0.6, 1.0]), first, last, _random=chance)

    def next(self) -> tuple[str | None, bool]:
        """The fault of the next call, if any, and whether what was asked for is done all the same."""
        with self._lock:
            self.calls += 1
            if not self.first <= self.calls - 1 < self.last or self._random.random() >= self.rate:
                return None, True
            kind = self._random.choice(self.kinds)
            self.hits[kind] += 1
            return kind, kind in _DONE and self._random.random() < 0.5

    def remember(self, call: tuple[str, str], content: bytes) -> bytes | None:
        """Keep the newest answer of a call; the one before."""
        with self._lock:
            before = self._answers.get(call)
            self._answers[call] = content
            return before


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    schedule: Schedule

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, done = self.schedule.next()
        if kind is None or kind in {"answer lost", "stale"} or done:
            status, headers, content = self._forward(body)
        else:
            status, headers, content = 200, {}, b""
        self._answer(kind, status, headers, content, body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _handle  # noqa: N815

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        where = urlsplit(self.path)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=300)
        headers = {name: value for name, value in self.headers.items() if not name.startswith("Proxy-")}
        path = where.path + (f"?{where.query}" if where.query else "")
        connection.request(self.command, path or "/", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() == "content-type"}
        return answer.status, kept, content

    def _answer(
        self, kind: str | None, status: int, headers: dict[str, str], content: bytes, body: bytes
    ) -> None:
        asked = parse_qs(body.decode(errors="replace"))
        action = asked.get("Action", [""])[0]
        call = (action, str(sorted((name, value) for name, value in asked.items())))
        before = self.schedule.remember(call, content) if status == 200 and content else None
        if kind is None:
            self._send(status, headers, content)
        elif kind == "stale":
            reads = action.startswith(("Describe", "List", "Get"))
            self._send(status, headers, before if before is not None and reads else content)
        elif kind == "truncated":
            self._send(200, _XML, (content or b"<a><b>" * 50)[: max(1, len(content) // 2)])
        elif kind == "cut off":
            self._send(200, _XML, (content or b"<a></a>" * 50), stop=0.5)
        elif kind == "200 without the result":
            self._send(200, _XML, f"<{action}Response></{action}Response>".encode())
        elif kind == "drop by drop":
            self._send(200, headers, content or b"<a></a>" * 50, drops=True)
        elif kind in _INSTEAD:
            self._send(*_INSTEAD[kind])
        else:  # no connection, answer lost
            self.close_connection = True

    def _send(
        self, status: int, headers: dict[str, str], content: bytes, *, stop: float = 1.0, drops: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            if drops:
                for place in range(min(len(content), 12)):
                    self.wfile.write(content[place : place + 1])
                    time.sleep(0.1)
                return
            self.wfile.write(content[: int(len(content) * stop)])
        except OSError:  # nobody waits any more
            pass


@contextmanager
def proxy(schedule: Schedule) -> Iterator[str]:
    """The URL of a proxy that follows the schedule."""
    handler = type("Handler", (_Handler,), {"schedule": schedule})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
