"""Who the emulator answers: programs on this machine that mean it, and no web page in a browser.

A page that somebody looks at can send requests to 127.0.0.1, and a name of its own can be made to lead there.
A browser says so: https://fetch.spec.whatwg.org/#origin-header, https://w3c.github.io/webappsec-fetch-metadata/
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Header = tuple[bytes, bytes]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

KEY_HEADER = "x-cfngen-sandbox-key"
HEALTH = "/_ministack/health"

# MiniStack's names of the services that run what they are given, as a process or in a container.
EXECUTING = frozenset(
    {
        "airflow",
        "batch",
        "bedrock-agentcore",
        "documentdb",
        "dsql",
        "ecs",
        "ecs-metadata",
        "eks",
        "elasticache",
        "elasticmapreduce",
        "kinesisanalyticsv2",
        "lambda",
        "lambda-core",
        "lambda-microvms",
        "mq",
        "opensearch",
        "opensearchserverless",
        "pipes",
        "rds",
        "rds-data",
        "states",
    }
)
# https://docs.python.org/3/library/audit_events.html
_STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"})


def refusal(path: str, headers: Iterable[Header], port: int, key: str) -> str | None:
    """Why a request is not answered; None where it is.

    >>> refusal("/", [(b"host", b"127.0.0.1:4566")], 4566, "k") is None
    True
    >>> refusal("/", [(b"host", b"rebound.example:4566")], 4566, "k")
    'the Host is not 127.0.0.1 and the port'
    """
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    if any(name == "origin" or name.startswith("sec-fetch-") for name in given):
        return "the request comes from a web page"
    if given.get("host") not in ([f"127.0.0.1:{port}"], [f"localhost:{port}"]):
        return "the Host is not 127.0.0.1 and the port"
    if path.startswith("/_") and path != HEALTH:
        said = given.get(KEY_HEADER, [""])[0]
        if not hmac.compare_digest(said.encode(), key.encode()):
            return "a request that is not to an AWS API needs the sandbox's key"
    return None


def guarded(application: Application, port: int, key: str) -> Application:
    """The application behind `refusal`: what is refused is not even read."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        kind = scope["type"]
        reason = None
        if kind in {"http", "websocket"}:
            reason = refusal(scope.get("path", ""), scope.get("headers", ()), port, key)
        if reason is None:
            await application(scope, receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": f"refused: {reason}\n".encode()})

    return serve


def execute_nothing(services: dict[str, Any]) -> None:
    """Turn off the services that run code, and let this process start no other one from now on.

    A custom resource fails at once: MiniStack would wait an hour for a function that never runs.
    """
    from ministack.services.cloudformation import custom_resource

    for name in EXECUTING:
        services.pop(name, None)
    sys.modules["docker"] = None  # type: ignore[assignment]

    def refuse(*_given: Any, **_named: Any) -> Any:
        raise PermissionError("the sandbox executes nothing: start it with --execute")

    def refuse_to_start(event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _STARTING:
            refuse()

    sys.addaudithook(refuse_to_start)
    custom_resource.invoke_custom_resource = refuse
