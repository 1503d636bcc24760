"""How operations answer: a function from an operation's input to its output, over botocore's model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

import botocore.session

Operation = Callable[[dict[str, Any]], dict[str, Any]]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Answer]]


class RefusedError(Exception):
    """An error that the service answers, by its code in the service model."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def json_service(
    operations: Mapping[str, Operation], otherwise: Handler | None = None, *, version: str = "1.1"
) -> Handler:
    """A service of the json protocol, or some operations before an existing one's (`otherwise`).

    Operations run on threads: some call the API that the event loop serves.
    """

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        if name not in operations and otherwise is not None:
            return await otherwise(method, path, headers, body, query)
        return await asyncio.to_thread(
            _answer, operations, name, lambda: json.loads(body or b"{}"), f"application/x-amz-json-{version}"
        )

    return handle


def rest_service(service: str, operations: Mapping[str, Operation]) -> Handler:
    """A service of the rest-json protocol; its paths come from botocore's model of `service`."""
    model = botocore.session.Session().get_service_model(service)
    routes = [
        (http["method"], re.compile(re.sub(r"\{(\w+)\+?\}", _label, http["requestUri"])), name)
        for name in model.operation_names
        for http in [model.operation_model(name).http]
    ]

    async def handle(
        method: str, path: str, _headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        for verb, pattern, name in routes:
            found = pattern.fullmatch(path)
            if verb == method and found is not None:
                parts = {key: unquote(value) for key, value in found.groupdict().items()}

                def given(parts: dict[str, str] = parts) -> dict[str, Any]:
                    return {**query, **json.loads(body or b"{}"), **parts}

                return _answer(operations, name, given, "application/json")
        return _answer({}, f"{method} {path}", dict, "application/json")

    return handle


def _label(found: re.Match[str]) -> str:
    # Paths arrive decoded, and an ARN has slashes of its own.
    return f"(?P<{found[1]}>{'.+' if found[1].endswith('Arn') else '[^/]+'})"


def _answer(
    operations: Mapping[str, Operation], name: str, given: Callable[[], dict[str, Any]], kind: str
) -> Answer:
    try:
        if name not in operations:
            raise RefusedError("UnknownOperationException", f"the sandbox does not know {name}")
        status, said = 200, operations[name](given())
    except RefusedError as error:
        status, said = error.status, {"__type": error.code, "message": str(error)}
    return status, {"Content-Type": kind}, json.dumps(said).encode()
