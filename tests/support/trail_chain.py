"""A trail that signs: log files and hourly digests with keys of its own, as CloudTrail makes them."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cfngen.trail.chain import MissingObjectError, StoredObject
from cfngen.trail.digests import PublicKey

ACCOUNT = "111122223333"
REGION = "ap-southeast-1"
START = datetime(2026, 3, 4, 0, 1, 31, tzinfo=UTC)


@cache
def private_key(name: str) -> RSAPrivateKey:
    """A key for each name, made once."""
    assert name
    return generate_private_key(65537, 2048)


def public_key(name: str, form: PublicFormat = PublicFormat.PKCS1) -> PublicKey:
    value = private_key(name).public_key().public_bytes(Encoding.DER, form)
    return PublicKey(hashlib.md5(value, usedforsecurity=False).hexdigest(), value)


@dataclass
class SigningTrail:
    """A trail's bucket; `objects` can be changed as an intruder would."""

    bucket: str = "trail"
    base: str = "mlops-logs/AWSLogs/"
    name: str = "the_audit-trail"
    region: str = REGION
    home: str = "us-east-1"
    key: str = "first"
    form: PublicFormat = PublicFormat.PKCS1
    now: datetime = START
    objects: dict[tuple[str, str], StoredObject] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    _last: tuple[str, str, str, str] | None = None  # bucket, key, hash, signature
    _count: int = 0

    def hour(self, *logs: list[dict[str, Any]], backfill: bool = False) -> str:
        """Deliver the log files, each a list of events, then the digest of the hour; returns its key."""
        start, self.now = self.now, self.now + timedelta(hours=1)
        named = [self.deliver(each) for each in logs]
        mark = "_backfill" if backfill else ""
        key = (
            f"{self.base}{ACCOUNT}/CloudTrail-Digest/{self.region}/{self.now:%Y/%m/%d}/{ACCOUNT}"
            f"_CloudTrail-Digest_{self.region}_{self.name}_{self.home}_{self.now:%Y%m%dT%H%M%SZ}{mark}.json.gz"
        )
        bucket, previous, hashed, signature = self._last or (None, None, None, None)
        document = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{self.now:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": self.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": public_key(self.key, self.form).fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": None,
            "oldestEventTime": None,
            "previousDigestS3Bucket": bucket,
            "previousDigestS3Object": previous,
            "previousDigestHashValue": hashed,
            "previousDigestHashAlgorithm": hashed and "SHA-256",
            "previousDigestSignature": signature,
            "logFiles": named,
        }
        metadata = {"backfill-generation-timestamp": "2026-03-09T00:00:00+00:00"} if backfill else {}
        self.store(key, document, metadata)
        return key

    def store(self, key: str, document: dict[str, Any], metadata: dict[str, str]) -> None:
        """Sign a digest and put it under the key."""
        plain = json.dumps(document, separators=(",", ":")).encode()
        hashed = hashlib.sha256(plain).hexdigest()
        parts = (
            document["digestEndTime"],
            f"{document['digestS3Bucket']}/{document['digestS3Object']}",
            hashed,
            document["previousDigestSignature"] or "null",
        )
        signature = private_key(self.key).sign("\n".join(parts).encode(), PKCS1v15(), SHA256()).hex()
        signed = {"signature": signature, "signature-algorithm": "SHA256withRSA", **metadata}
        self.objects[self.bucket, key] = StoredObject(gzip.compress(plain), signed)
        self.digests.append(key)
        self._last = (self.bucket, key, hashed, signature)

    def deliver(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Put one log file; returns what a digest says about it."""
        self._count += 1
        when = self.now - timedelta(minutes=self._count % 50)
        key = (
            f"{self.base}{ACCOUNT}/CloudTrail/{self.region}/{when:%Y/%m/%d}/{ACCOUNT}_CloudTrail_"
            f"{self.region}_{when:%Y%m%dT%H%MZ}_{self._count:016}.json.gz"
        )
        plain = json.dumps({"Records": events}, separators=(",", ":")).encode()
        self.objects[self.bucket, key] = StoredObject(gzip.compress(plain))
        hashed = hashlib.sha256(plain).hexdigest()
        return {
            "s3Bucket": self.bucket,
            "s3Object": key,
            "hashValue": hashed,
            "hashAlgorithm": "SHA-256",
            "newestEventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "oldestEventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        }

    def restart(self, hours: int = 3) -> None:
        """Logging stops for some hours; the next digest begins a new chain."""
        self.now += timedelta(hours=hours)
        self._last = None

    def read(self, bucket: str, key: str) -> StoredObject:
        """The object, as a reader of the bucket sees it."""
        try:
            return self.objects[bucket, key]
        except KeyError:
            raise MissingObjectError from None

    def find_key(self, region: str, fingerprint: str, _when: datetime) -> PublicKey | None:
        """What ListPublicKeys lists in the Region."""
        listed = [public_key(self.key, self.form), public_key("first", self.form)]
        found = (key for key in listed if key.fingerprint == fingerprint)
        return next(found, None) if region == self.region else None
