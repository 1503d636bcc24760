"""Fixtures that every test may ask for."""

import os
import signal

from hypothesis import settings

from tests.support.account_world import here
from tests.support.activity import desk
from tests.support.browser import browser
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
