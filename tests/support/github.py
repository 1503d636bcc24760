"""GitHub on this machine: the comments of a pull request by REST, and a runner of composite actions.

The API's words: https://docs.github.com/en/rest/issues/comments. How a runner calls the shells of steps:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

TOKEN = "of-the-job"
_SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
    "python": [sys.executable],
}


@dataclass
class PullRequest:
    """A pull request and what is asked of the API about it.

    Attributes:
        url: where the API is.
        comments: as the API gives them.
        calls: each request's method and path.
        refuses: the status that writing is answered with; None writes.
    """

    url: str = ""
    number: int = 7
    repository: str = "team/stacks"
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refuses: int | None = None

    def comment(self, body: str, kind: str = "User") -> dict[str, Any]:
        """Add a comment of a person, or of a bot."""
        made = {"id": len(self.comments) + 1, "user": {"type": kind}, "body": body}
        self.comments.append(made)
        return made


@contextmanager
def api(pull_request: PullRequest) -> Iterator[PullRequest]:
    """Serve the API while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = int(parse_qs(urlsplit(self.path).query)["page"][0])
            self._answer(200, pull_request.comments[(page - 1) * 100 : page * 100])

        def do_POST(self) -> None:
            if not self._refused():
                self._answer(201, pull_request.comment(self._body(), "Bot"))

        def do_PATCH(self) -> None:
            if not self._refused():
                number = int(self.path.rpartition("/")[2])
                (found,) = (each for each in pull_request.comments if each["id"] == number)
                found["body"] = self._body()
                self._answer(200, found)

        def log_message(self, *_: object) -> None: ...

        def _body(self) -> str:
            return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

        def _refused(self) -> bool:
            if pull_request.refuses:
                self._answer(pull_request.refuses, {"message": "refused"})
            return pull_request.refuses is not None

        def _answer(self, status: int, document: object) -> None:
            issues = f"/repos/{pull_request.repository}/issues/"
            known = re.fullmatch(
                rf"{issues}({pull_request.number}/comments|comments/\d+)", urlsplit(self.path).path
            )
            if not known or self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, document = 404, {"message": "Not Found"}
            pull_request.calls.append(f"{self.command} {urlsplit(self.path).path.removeprefix(issues)}")
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pull_request.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield pull_request
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Run:
    """What a run of an action left: whether each step succeeded, all that was printed, the job's summary."""

    steps: Mapping[str, bool]
    log: str
    summary: str


def run(
    action: Path,
    repository: Path,
    pull_request: PullRequest,
    base: str,
    inputs: Mapping[str, str],
    temp: Path,
) -> Run:
    """Run a composite action's steps in a checked-out repository until one fails."""
    document = yaml.safe_load(action.read_text(encoding="utf-8"))
    temp.mkdir(exist_ok=True)
    contexts = {
        "github.event.pull_request.base.sha": base,
        "github.event.pull_request.number": str(pull_request.number),
        "github.token": TOKEN,
    }
    for name, each in document["inputs"].items():
        contexts[f"inputs.{name}"] = inputs.get(name, _filled(each.get("default", ""), contexts))
    summary = temp / "summary.md"
    summary.write_text("", encoding="utf-8")
    steps: dict[str, bool] = {}
    log = ""
    for number, step in enumerate(document["runs"]["steps"]):
        if not _filled(step.get("if", "true"), contexts):
            continue
        script = temp / f"step-{number}"
        script.write_text(step["run"], encoding="utf-8")
        done = subprocess.run(
            [*_SHELLS[step["shell"]], script],
            cwd=repository,
            env={
                **os.environ,
                "PYTHONPATH": str(repository / "src"),
                "GITHUB_API_URL": pull_request.url,
                "GITHUB_REPOSITORY": pull_request.repository,
                "GITHUB_STEP_SUMMARY": str(summary),
                "RUNNER_TEMP": str(temp),
                **{name: _filled(str(value), contexts) for name, value in step.get("env", {}).items()},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        log += done.stdout
        steps[step["name"]] = done.returncode == 0
        if done.returncode:
            break
    return Run(steps, log, summary.read_text(encoding="utf-8"))


def _filled(text: str, contexts: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda found: contexts[found[1]], text)
