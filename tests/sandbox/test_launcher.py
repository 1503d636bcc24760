"""The emulator starts on loopback only, answers as any account, and never outlives who started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cfngen.errors import BusyError, CfngenError
from cfngen.sandbox import launcher
from cfngen.sandbox.launcher import HOST, Sandbox
from tests.support.sandbox_account import Aws

_STARTER = """
import time
from cfngen.sandbox.launcher import Sandbox
with Sandbox() as sandbox:
    print(sandbox.port, flush=True)
    time.sleep(60)
"""


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((HOST, port)) == 0


def _ends(port: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while _answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _answers(port)


def test_it_answers_while_the_block_runs_and_no_longer() -> None:
    with Sandbox() as sandbox:
        assert _answers(sandbox.port)
        emulator = sandbox._process
        assert emulator is not None
    assert not _answers(sandbox.port)
    assert emulator.returncode == 0, "it ended by itself, not by an abort while it was ending"


def test_it_listens_on_loopback_only(sandbox: Sandbox) -> None:
    listening = subprocess.run(
        [sys.executable, "-c", _LISTENERS], capture_output=True, text=True, check=True, env=os.environ
    ).stdout.splitlines()
    addresses = [line for line in listening if line.endswith(f":{sandbox.port}")]
    assert addresses == [f"127.0.0.1:{sandbox.port}"]


# /proc/net/tcp holds addresses as little-endian hexadecimal; state 0A is LISTEN.
_LISTENERS = """
import socket, struct
for line in open('/proc/net/tcp').read().splitlines()[1:]:
    _, local, _, state, *_ = line.split()
    if state == '0A':
        address, port = local.split(':')
        print(f"{socket.inet_ntoa(struct.pack('<L', int(address, 16)))}:{int(port, 16)}")
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_when_its_starter_is_killed(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        assert _answers(port)
        starter.send_signal(how)
    assert _ends(port)


def test_a_busy_port_is_one_clear_error(sandbox: Sandbox) -> None:
    with pytest.raises(BusyError, match=str(sandbox.port)), Sandbox(sandbox.port):
        pass


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_one_clear_error(port: int) -> None:
    with pytest.raises(BusyError, match="--port"), Sandbox(port):
        pass


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "find_spec", lambda _name: None)
    with pytest.raises(CfngenError, match=r"cfngen\[sandbox\]"), Sandbox():
        pass


def test_what_a_failing_emulator_said_is_in_the_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ministack.py").write_text("raise SystemExit('broken on purpose')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CfngenError, match="broken on purpose"), Sandbox():
        pass


def test_an_account_is_its_access_key(aws: Aws) -> None:
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account
    import boto3

    # The environment of the process points there as well.
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == aws.account


def test_accounts_do_not_see_each_other(aws: Aws, sandbox: Sandbox) -> None:
    aws.client("sns").create_topic(Name="mine")
    other = Aws(sandbox, "999999999999")
    assert other.client("sns").list_topics()["Topics"] == []


def test_reset_empties_what_was_added_to_it_too() -> None:
    with Sandbox() as sandbox:
        aws = Aws(sandbox, "999999999999")
        aws.client("ce").create_anomaly_monitor(
            AnomalyMonitor={"MonitorName": "m", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
        )
        aws.client("accessanalyzer").create_analyzer(analyzerName="a", type="ACCOUNT")
        aws.client("logs").put_query_definition(name="q", queryString="fields @message")
        sandbox.reset()
        assert aws.client("ce").get_anomaly_monitors()["AnomalyMonitors"] == []
        assert aws.client("accessanalyzer").list_analyzers()["analyzers"] == []
        assert aws.client("logs").describe_query_definitions()["queryDefinitions"] == []
