"""Fixtures that every test may ask for."""

from tests.deploy.world import here
from tests.sandbox_fixture import aws, sandbox

__all__ = ["aws", "here", "sandbox"]
