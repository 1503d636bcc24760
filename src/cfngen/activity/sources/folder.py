"""Log files in a folder of this machine, in CloudTrail's layout or any other."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cfngen.activity.sources import LogFile
from cfngen.errors import UsageError
from cfngen.trail.chain import FindKey, MissingObjectError, StoredObject, UnreadableObjectError
from cfngen.trail.digests import BrokenFileError, PublicKey, read_digest
from cfngen.trail.layout import DIGESTS, LogKey

_NAMES = re.compile(r".+\.(json|json\.gz|gz|log|ndjson)", re.IGNORECASE)


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
        for _, path in self._files(DIGESTS):
            try:
                return read_digest(path.read_bytes()).bucket
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
        for key, path in self._files():
            place = LogKey.parse(key)
            if place is not None and (place.kind == DIGESTS or not _within(place.day, first, last)):
                continue
            status = path.stat()
            yield LogFile(key, status.st_size, f"{status.st_size} {status.st_mtime_ns}")

    def digests(self, first: date, last: date) -> Iterator[str]:
        for key, _ in self._files(DIGESTS):
            place = LogKey.parse(key)
            if place is not None and _within(place.day, first, last):
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

    def _files(self, kind: str | None = None) -> Iterable[tuple[str, Path]]:
        """The files by key, in order; only those of a kind where one is given."""
        for path in sorted(self.path.rglob("*")):
            if _NAMES.fullmatch(path.name) and path.is_file():
                key = path.relative_to(self.path).as_posix()
                if kind is None or f"/{kind}/" in f"/{key}":
                    yield key, path


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
