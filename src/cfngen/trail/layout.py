"""The keys under which CloudTrail delivers: whose file it is, of which kind, Region and day.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

EVENTS: Final = "CloudTrail"
"""The folder of management and data events."""

DIGESTS: Final = "CloudTrail-Digest"

INSIGHTS: Final = "CloudTrail-Insight"

_KEY = re.compile(
    r"(?:(?P<prefix>.+)/)?AWSLogs/(?:(?P<organization>o-[a-z0-9]{10,32})/)?(?P<account>\d{12})/"
    r"(?P<kind>CloudTrail(?:-[A-Za-z]+)?)/(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d+[a-z]?)/"
    r"(?P<day>\d{4}/\d{2}/\d{2})/(?P<name>[^/]+)"
)
# A trail's name may hold underscores, so both ends are fixed.
_DIGEST_NAME = re.compile(
    r"\d{12}_CloudTrail-Digest_(?P<region>[a-z0-9-]+)_(?P<trail>.+)_(?P<home>[a-z0-9-]+)_"
    r"(?P<stamp>\d{8}T\d{6}Z)(?P<backfill>_backfill)?\.json\.gz"
)


@dataclass(frozen=True)
class LogKey:
    """A key taken apart.

    Attributes:
        key: as it is.
        kind: `CloudTrail`, `CloudTrail-Insight`, `CloudTrail-Digest`, ….
        day: of delivery, as `yyyy/MM/dd`; a file may hold events of any earlier day.
        organization: the id of an organization's trail, or None.
    """

    key: str
    account: str
    kind: str
    region: str
    day: str
    organization: str | None = None

    @classmethod
    def parse(cls, key: str) -> LogKey | None:
        """The parts of a key; None where it has another layout.

        >>> LogKey.parse("logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json.gz").day
        '2026/03/04'
        >>> LogKey.parse("events.json.gz") is None
        True
        """
        found = _KEY.fullmatch(key)
        if found is None:
            return None
        return cls(key, found["account"], found["kind"], found["region"], found["day"], found["organization"])


@dataclass(frozen=True)
class DigestKey:
    """The key of a digest, taken apart.

    Attributes:
        trail: the trail's name.
        home: the Region that the trail belongs to; `region` is the one whose log files are covered.
        end: of the time that the digest covers.
        backfill: whether it was made later, for log files that an ordinary digest left out.
    """

    key: str
    account: str
    region: str
    trail: str
    home: str
    end: datetime
    backfill: bool

    @classmethod
    def parse(cls, key: str) -> DigestKey | None:
        """The parts of a digest's key; None where it is not one."""
        place = LogKey.parse(key)
        if place is None or place.kind != DIGESTS:
            return None
        name = _DIGEST_NAME.fullmatch(key.rpartition("/")[2])
        if name is None:
            return None
        end = datetime.strptime(name["stamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        backfill = name["backfill"] is not None
        return cls(key, place.account, place.region, name["trail"], name["home"], end, backfill)


def day_prefixes(base: str, account: str, kind: str, region: str, first: date, last: date) -> Iterator[str]:
    """The folders of the days from `first` to `last`, both included.

    Arguments:
        base: what comes before the account: `prefix/AWSLogs/`, with an organization's id where there is one.

    >>> list(day_prefixes("AWSLogs/", "1", "CloudTrail", "eu-west-1", date(2026, 2, 28), date(2026, 3, 1)))
    ['AWSLogs/1/CloudTrail/eu-west-1/2026/02/28/', 'AWSLogs/1/CloudTrail/eu-west-1/2026/03/01/']
    """
    for number in range((last - first).days + 1):
        yield f"{base}{account}/{kind}/{region}/{first + timedelta(days=number):%Y/%m/%d}/"
