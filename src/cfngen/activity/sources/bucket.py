"""Log files in a trail's bucket: only the folders of the days that are asked for are listed and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from cfngen.activity.sources import LogFile, may_hold_records
from cfngen.aws.calls import CallError, Trouble, body, call
from cfngen.aws.session import Account
from cfngen.trail.chain import FindKey, MissingObjectError, StoredObject, UnreadableObjectError
from cfngen.trail.digests import PublicKey
from cfngen.trail.layout import DIGESTS, day_prefixes

_LISTINGS: Final = 16  # at a time
_MANY_DAYS: Final = 366
_ORGANIZATION: Final = re.compile(r".*/o-[a-z0-9]{10,32}/")
_YEAR: Final = re.compile(r"2\d{3}")
_KIND: Final = re.compile(r".*/CloudTrail(?:-[A-Za-z]+)?/")
_AROUND: Final = timedelta(hours=2)
"""How far around a digest's end its key is asked for: a key is renewed at any time."""


@dataclass(frozen=True)
class Bucket:
    """The bucket of a trail.

    Attributes:
        base: what the keys of all its files begin with: `prefix/AWSLogs/`.
    """

    account: Account
    bucket: str
    base: str
    _keys: dict[tuple[str, str], PublicKey | None] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return f"s3://{self.bucket}/{self.base}"

    @property
    def find_key(self) -> FindKey:
        return self._find_key

    def logs(self, first: date, last: date) -> Iterator[LogFile]:
        for each in self._listed(first, last, digests=False):
            if may_hold_records(each["Key"]):
                yield LogFile(each["Key"], each["Size"], each["ETag"])

    def digests(self, first: date, last: date) -> Iterator[str]:
        for each in self._listed(first, last, digests=True):
            yield each["Key"]

    def content(self, key: str) -> bytes:
        return self.read(self.bucket, key).content

    def read(self, bucket: str, key: str) -> StoredObject:
        try:
            answer = call(self.account.client("s3"), "GetObject", Bucket=bucket, Key=key)
            return StoredObject(body(answer), answer["Metadata"])
        except CallError as error:
            if error.trouble is Trouble.MISSING:
                raise MissingObjectError from error
            if error.trouble is Trouble.CREDENTIALS:
                raise
            raise UnreadableObjectError(error.problem) from error

    def _listed(self, first: date, last: date, *, digests: bool) -> Iterator[dict[str, Any]]:
        """The objects of the days, of all accounts, kinds and Regions that have a folder."""
        with ThreadPoolExecutor(_LISTINGS) as threads:
            kinds = [
                folder
                for folders in threads.map(self._folders, self._accounts())
                for folder in folders
                if _KIND.fullmatch(folder) and folder.endswith(f"/{DIGESTS}/") is digests
            ]
            regions = [region for folders in threads.map(self._folders, kinds) for region in folders]
            days = [(region, first, last) for region in regions]
            if (last - first).days > _MANY_DAYS:
                years = threads.map(partial(self._years, first, last), regions)
                days = [part for parts in years for part in parts]
            prefixes = [prefix for part in days for prefix in _days(*part)]
            for objects in threads.map(self._objects, prefixes):
                yield from objects

    def _years(self, first: date, last: date, region: str) -> list[tuple[str, date, date]]:
        """The Region's part of each year that it has a folder for."""
        names = (folder.rstrip("/").rpartition("/")[2] for folder in self._folders(region))
        years = [int(name) for name in names if _YEAR.fullmatch(name)]
        return [(region, max(first, date(year, 1, 1)), min(last, date(year, 12, 31))) for year in years]

    def _accounts(self) -> Iterator[str]:
        """The accounts' folders; the trail of an organization puts them into one of the organization's id."""
        for folder in self._folders(self.base):
            yield from self._folders(folder) if _ORGANIZATION.fullmatch(folder) else (folder,)

    def _folders(self, prefix: str) -> list[str]:
        return [
            each["Prefix"]
            for page in self._pages(Prefix=prefix, Delimiter="/")
            for each in page.get("CommonPrefixes", ())
        ]

    def _objects(self, prefix: str) -> list[dict[str, Any]]:
        return [each for page in self._pages(Prefix=prefix) for each in page.get("Contents", ())]

    def _pages(self, **parameters: Any) -> Iterable[dict[str, Any]]:
        listing = partial(call, self.account.client("s3"), "ListObjectsV2", Bucket=self.bucket)
        while True:
            page = listing(**parameters)
            yield page
            if not page.get("IsTruncated"):
                return
            parameters["ContinuationToken"] = page["NextContinuationToken"]

    def _find_key(self, region: str, fingerprint: str, when: datetime) -> PublicKey | None:
        """Asked of the Region of the digest: each has keys of its own."""
        if (region, fingerprint) not in self._keys:
            until = min(when + _AROUND, datetime.now(UTC))
            try:
                answer = call(
                    self.account.client("cloudtrail", region),
                    "ListPublicKeys",
                    StartTime=when - _AROUND,
                    EndTime=until,
                )
            except CallError as error:
                raise UnreadableObjectError(error.problem) from error
            for each in answer["PublicKeyList"]:
                key = PublicKey(each["Fingerprint"], each["Value"])
                self._keys[region, key.fingerprint] = key
            self._keys.setdefault((region, fingerprint), None)
        return self._keys[region, fingerprint]


def _days(region: str, first: date, last: date) -> Iterator[str]:
    """The folders of the days below a Region's folder."""
    base, account, kind, name = region.rstrip("/").rsplit("/", 3)
    return day_prefixes(f"{base}/", account, kind, name, first, last)
