"""Where log files come from, apart from what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple, Protocol

from cfngen.trail.chain import FindKey, StoredObject
from cfngen.trail.layout import LogKey

_NAMES: Final = re.compile(r".+\.(json|json\.gz|gz|log|ndjson)", re.IGNORECASE)
_OTHERS: Final = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?\d{12}/(?!CloudTrail(?:-|/))")
"""Where other services put their logs in the same bucket."""


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


def may_hold_records(key: str) -> bool:
    """Whether a file is read: in CloudTrail's folders whatever its name is, elsewhere by its name.

    >>> may_hold_records("logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json.gz.part")
    True
    >>> may_hold_records("AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/04/a.log.gz")
    False
    """
    name = key.rpartition("/")[2]
    if not name or name.startswith(".") or _OTHERS.search(key):
        return False
    return LogKey.parse(key) is not None or _NAMES.fullmatch(name) is not None
