"""Fixtures that every test may ask for."""

import os
import signal
from collections.abc import Generator

import pytest
from coverage import Coverage
from hypothesis import settings

from tests.support.account_world import here
from tests.support.activity import desk
from tests.support.browser import browser
from tests.support.projects import UNMEASURED
from tests.support.sandbox_account import aws, sandbox

__all__ = ["aws", "browser", "desk", "here", "sandbox"]

# A shell that starts the tests in the background lets them, and every command they run, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Commands are as wide as where they are tested would be without pytest.
os.environ.pop("COLUMNS", None)

# And they keep bytecode, as they do for everybody who does not forbid it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says more about the machine than about the code.
settings.register_profile("cfngen", deadline=None)
settings.load_profile("cfngen")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Run a test that is marked `unmeasured`, and the commands that it starts, without coverage.

    Measuring doubles the time of a run. These tests repeat whole commands, and others measure each of them.
    """
    measuring = Coverage.current()
    if measuring is None or item.get_closest_marker("unmeasured") is None:
        return (yield)
    measuring.stop()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in UNMEASURED.items():
            patch.setenv(name, value)
        try:
            return (yield)
        finally:
            measuring.start()
