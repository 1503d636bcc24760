"""Where log files come from, apart from what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol

from cfngen.trail.chain import FindKey, StoredObject


class LogFile(NamedTuple):
    """A file that may hold records.

    Attributes:
        key: in its bucket, or below the folder.
        changed: differs when the content does: an object's ETag, a file's size and time.
    """

    key: str
    size: int
    changed: str


class Source(Protocol):
    """A place with log files."""

    @property
    def name(self) -> str:
        """What people call it: `s3://bucket/prefix`, or the folder."""

    @property
    def find_key(self) -> FindKey | None:
        """Asks for CloudTrail's public keys; None where they cannot be asked for."""

    def logs(self, first: date, last: date) -> Iterable[LogFile]:
        """The files delivered on these days, both included; files without a day in their path are always."""

    def digests(self, first: date, last: date) -> Iterable[str]:
        """The keys of the digests of these days."""

    def content(self, key: str) -> bytes:
        """A file's bytes.

        Raises:
            UnreadableObjectError, MissingObjectError: it cannot be read.
        """

    def read(self, bucket: str, key: str) -> StoredObject:
        """An object by the address that digests give it.

        Raises:
            UnreadableObjectError, MissingObjectError: it cannot be read.
        """

    @property
    def bucket(self) -> str:
        """The bucket's name; empty where it is not known."""
