"""Starts the emulator in a process of its own and stops it again, whatever happens to this one."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from importlib.util import find_spec
from types import TracebackType
from typing import IO, Self

from cfngen.errors import BusyError, CfngenError
from cfngen.sandbox.guard import HEALTH, KEY_HEADER

HOST = "127.0.0.1"
# One of the account ids that AWS's own documentation uses for examples.
ACCOUNT = "111122223333"
KEY = "CFNGEN_SANDBOX_KEY"
"""The variable that the emulator's process is told its key by; without one, it makes one itself."""
REGION = "ap-southeast-1"

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class Sandbox:
    """An AWS emulator that runs as long as the `with` block does.

    It keeps nothing on disk, and ends by itself when this process does, even when that was killed.

    Arguments:
        port: a TCP port of 127.0.0.1; 0 takes a free one.
        execute: whether Lambda, ECS, Glue jobs and the like run the code that they are given, as the user
            who started it.

    Attributes:
        key: the secret access key of every account's root user, another one for each start.

    Raises (on entering):
        BusyError: the port is taken.
        CfngenError: the `sandbox` extra is not installed, or the emulator does not start.
    """

    def __init__(self, port: int = 0, *, execute: bool = False) -> None:
        self.port = port
        self.key = secrets.token_urlsafe(30)
        self._execute = execute
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://{HOST}:{self.port}"

    def environment(self, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
        """The variables that point every AWS tool here; `account` (12 digits) is who it acts as.

        >>> Sandbox(4566).environment()["AWS_ENDPOINT_URL"]
        'http://127.0.0.1:4566'
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": self.key,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
        }

    def reset(self) -> None:
        """Empty every account."""
        headers = {KEY_HEADER: self.key}
        _request(f"{self.endpoint_url}/_ministack/reset", "POST", _STOP_SECONDS, headers)

    def wait(self) -> int:
        """Block until the emulator ends; returns its exit code."""
        if self._process is None:
            raise RuntimeError("use the sandbox in a with statement")
        return self._process.wait()

    def __enter__(self) -> Self:
        if find_spec("ministack") is None:
            raise CfngenError(
                "the emulator is not installed",
                remedy="install the extra: pip install 'cfngen[sandbox]'",
            )
        self.port = _bindable(self.port)
        self._log = tempfile.TemporaryFile()
        # The pipe at its standard input is what ties its life to ours: it closes however we end.
        self._process = subprocess.Popen(
            [
                sys.executable,
                *("-m", "cfngen.sandbox", "--port", str(self.port), "--until-stdin-closes"),
                *(["--execute"] if self._execute else []),
            ],
            env={**os.environ, KEY: self.key},  # not an argument: those are for all to see
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # Its own session: a Ctrl-C in the terminal reaches us, and we stop it.
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                _request(f"{self.endpoint_url}{HEALTH}", "GET", 1)
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise CfngenError(
            "the emulator did not start",
            place=f"{HOST}:{self.port}",
            remedy=f"it said:\n{self._last_words()}",
        )

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:].strip()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
        if self._log is not None:
            self._log.close()
            self._log = None


def emulator_environment(port: int, around: Mapping[str, str]) -> dict[str, str]:
    """The variables MiniStack itself reads: loopback only, IAM enforced, no other listeners, nothing kept.

    None of AWS's own: the developer's keys are not the emulator's.
    """
    key = around.get(KEY) or secrets.token_urlsafe(30)
    return {
        **{name: value for name, value in around.items() if not name.startswith("AWS_")},
        KEY: key,
        "AWS_SECRET_ACCESS_KEY": key,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "AUTH": "true",
        "CLOUDTRAIL_RECORDING": "1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "LOG_LEVEL": around.get("LOG_LEVEL", "WARNING"),
    }


def _bindable(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server itself will bind: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise BusyError(
                f"port {port} cannot be used: {error}",
                place=HOST,
                remedy="choose another with --port, or leave it out for a free one",
            ) from error
        return int(probe.getsockname()[1])


def _request(url: str, method: str, timeout: float, headers: Mapping[str, str] | None = None) -> None:
    # Always http://127.0.0.1: no proxy, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}))  # noqa: S310
    with opener.open(request, timeout=timeout) as answer:
        answer.read()
