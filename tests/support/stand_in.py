"""What stands in for a service that the emulator lacks: some methods, and the rest of a real client."""

from __future__ import annotations

from botocore.client import ClientMeta
from botocore.session import Session


def meta(service: str) -> ClientMeta:
    """What a client of this service knows about itself: its operations, names and time-outs."""
    client = Session().create_client(
        service, region_name="ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    return client.meta
