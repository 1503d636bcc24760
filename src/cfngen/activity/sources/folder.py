"""Log files in a folder of this machine, in CloudTrail's layout or any other."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from cfngen.activity.sources import LogFile, may_hold_records
from cfngen.errors import UsageError
from cfngen.trail.chain import FindKey, MissingObjectError, StoredObject, UnreadableObjectError
from cfngen.trail.digests import BrokenFileError, PublicKey, read_digest
from cfngen.trail.layout import DIGESTS, LogKey


@dataclass(frozen=True)
class Folder:
    """A folder, whose files keep their keys as paths: `aws s3 sync` makes one.

    Attributes:
        public_keys: a file with the answer of ListPublicKeys; without one no digest is proven.
    """

    path: Path
    public_keys: Path | None = None

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise UsageError(
                "is not a folder",
                place=str(self.path),
                remedy="give the folder with the log files: --logs DIR",
            )
        if self.public_keys is not None:
            list(_public_keys(self.public_keys))  # what is wrong with it is said before anything is read

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def bucket(self) -> str:
        """The bucket that the first digest says it was delivered to; a folder's name says nothing."""
        for key in self._files():
            if f"/{DIGESTS}/" not in f"/{key}":
                continue
            try:
                return read_digest((self.path / key).read_bytes()).bucket
            except (OSError, BrokenFileError):
                continue
        return ""

    @property
    def find_key(self) -> FindKey | None:
        if self.public_keys is None:
            return None
        keys = {key.fingerprint: key for key in _public_keys(self.public_keys)}
        return lambda _region, fingerprint, _when: keys.get(fingerprint)

    def logs(self, first: date, last: date) -> Iterator[LogFile]:
        for key in self._files(first, last):
            place = LogKey.parse(key)
            if place is None or place.kind != DIGESTS:
                yield from self._file(key)

    def digests(self, first: date, last: date) -> Iterator[str]:
        for key in self._files(first, last):
            place = LogKey.parse(key)
            if place is not None and place.kind == DIGESTS:
                yield key

    def content(self, key: str) -> bytes:
        try:
            return (self.path / key).read_bytes()
        except FileNotFoundError:
            raise MissingObjectError from None
        except OSError as error:
            raise UnreadableObjectError(f"cannot be read: {error.strerror}") from error

    def read(self, _bucket: str, key: str) -> StoredObject:
        return StoredObject(self.content(key))

    def _file(self, key: str) -> Iterator[LogFile]:
        """The file; what cannot be looked at is named when it is read."""
        try:
            status = (self.path / key).stat()
        except OSError:
            yield LogFile(key, 0, "")
            return
        if S_ISDIR(status.st_mode):
            yield LogFile(key, 0, "")
        elif S_ISREG(status.st_mode):
            yield LogFile(key, status.st_size, f"{status.st_size} {status.st_mtime_ns}")

    def _files(self, first: date = date(1000, 1, 1), last: date = date.max) -> Iterator[str]:
        """The keys of the files that may hold records, in order; and of folders that cannot be listed."""
        troubles: list[str] = []
        seen: set[tuple[int, int]] = set()
        for folder, inner, names in os.walk(
            self.path, onerror=lambda error: troubles.append(error.filename), followlinks=True
        ):
            here = self._key(folder)
            place = LogKey.parse(f"{here}/-")
            if (place and not _within(place.day, first, last)) or not _is_new(folder, seen):
                inner.clear()
                continue
            inner.sort()
            yield from filter(may_hold_records, (f"{here}/{name}".lstrip("/") for name in sorted(names)))
        for folder in troubles:
            if Path(folder).is_dir():
                yield self._key(folder)

    def _key(self, path: str) -> str:
        relative = os.path.relpath(path, self.path)
        return "" if relative == os.curdir else relative.replace(os.sep, "/")


def _is_new(folder: str, seen: set[tuple[int, int]]) -> bool:
    """Whether the folder has not been seen: a link may lead back to where it lies."""
    try:
        status = Path(folder).stat()
    except OSError:
        return False
    new = (status.st_dev, status.st_ino) not in seen
    seen.add((status.st_dev, status.st_ino))
    return new


def _within(day: str, first: date, last: date) -> bool:
    return f"{first:%Y/%m/%d}" <= day <= f"{last:%Y/%m/%d}"


def _public_keys(path: Path) -> Iterator[PublicKey]:
    """The keys of a file; their values are in Base64, as the AWS CLI writes them."""
    try:
        for each in json.loads(path.read_bytes())["PublicKeyList"]:
            yield PublicKey(each["Fingerprint"], b64decode(each["Value"], validate=True))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=path.as_posix()) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            "does not hold CloudTrail's public keys",
            place=path.as_posix(),
            remedy="make it: aws cloudtrail list-public-keys --start-time DAY --end-time DAY",
        ) from error
