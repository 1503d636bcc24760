"""Fixtures that every test may ask for."""

from tests.sandbox_fixture import aws, sandbox

__all__ = ["aws", "sandbox"]
