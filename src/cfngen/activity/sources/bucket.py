"""Log files in a trail's bucket: only the folders of the days that are asked for are listed and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from cfngen.activity.sources import LogFile
from cfngen.aws.calls import CallError, Trouble, body, call
from cfngen.aws.session import Account
from cfngen.trail.chain import FindKey, MissingObjectError, StoredObject, UnreadableObjectError
from cfngen.trail.digests import PublicKey
from cfngen.trail.layout import DIGESTS, day_prefixes

_LISTINGS: Final = 16  # at a time
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
            if each["Key"].endswith(".gz") or each["Key"].endswith(".json"):
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
                for folders in threads.map(self._folders, self._folders(self.base))
                for folder in folders
                if (folder.rstrip("/").rpartition("/")[2] == DIGESTS) is digests
            ]
            prefixes = [
                prefix
                for kind, regions in zip(kinds, threads.map(self._folders, kinds), strict=True)
                for region in regions
                for prefix in _days(region, kind, first, last)
            ]
            for objects in threads.map(self._objects, prefixes):
                yield from objects

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


def _days(region: str, kind: str, first: date, last: date) -> Iterator[str]:
    """The folders of the days below a Region's folder."""
    base, account, name = kind.rstrip("/").rsplit("/", 2)
    return day_prefixes(f"{base}/", account, name, region.rstrip("/").rpartition("/")[2], first, last)
