"""A log file whose download breaks off: what it holds is not known, and the run goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ResponseStreamingError

from cfngen.trail.chain import UnreadableObjectError
from cfngen.verify.checks.integrity import TrailBucket
from cfngen.verify.world import World


class BrokenOff:
    def read(self) -> bytes:
        raise ResponseStreamingError(error="connection broken")


def test_a_download_that_breaks_off_leaves_the_file_unread() -> None:
    def fresh(*_: str, **__: Any) -> dict[str, Any]:
        return {"Body": BrokenOff()}

    world = cast("World", SimpleNamespace(calls=SimpleNamespace(fresh=fresh)))
    outcome = TrailBucket(world, "logs").outcome("key")
    assert isinstance(outcome, UnreadableObjectError)
    assert "connection broken" in str(outcome)
