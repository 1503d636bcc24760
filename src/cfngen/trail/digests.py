"""A digest file: what it says about log files, and whether CloudTrail has signed it.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

SIGNATURE: Final = "signature"
"""The object metadata with a digest's signature, in hexadecimal."""

ALGORITHM: Final = "SHA256withRSA"

HASH: Final = "SHA-256"

_GZIP_WINDOW: Final = 31  # zlib's: a gzip header, the largest window
_HASH_DIGITS: Final = 64


class BrokenFileError(ValueError):
    """A file is not what CloudTrail writes; the message says how."""


@dataclass(frozen=True)
class LogPromise:
    """A log file as a digest names it; `hash` is of its uncompressed bytes."""

    bucket: str
    key: str
    hash: str


@dataclass(frozen=True)
class Digest:
    """One digest.

    Attributes:
        start, end: the time of delivery of the log files that it names.
        end_text: the end as it is written, which is what was signed.
        bucket, key: where it was delivered to.
        fingerprint: of the public key that proves its signature.
        previous: bucket and key of the digest before; None where a chain begins.
        previous_hash, previous_signature: of the digest before.
        logs: the log files delivered in the time.
        sha256: of the digest's own uncompressed bytes.
    """

    start: datetime
    end: datetime
    end_text: str
    bucket: str
    key: str
    fingerprint: str
    algorithm: str
    previous: tuple[str, str] | None
    previous_hash: str | None
    previous_signature: str | None
    logs: tuple[LogPromise, ...]
    sha256: str

    @property
    def signed(self) -> bytes:
        """The bytes that CloudTrail signs, of four parts with a line feed between them."""
        return "\n".join(
            (self.end_text, f"{self.bucket}/{self.key}", self.sha256, self.previous_signature or "null")
        ).encode()


def inflate(content: bytes) -> bytes:
    """The one gzip stream that a file of CloudTrail is.

    Raises:
        BrokenFileError: not gzip, cut short, or with bytes after its end, which no hash covers.
    """
    stream = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = stream.decompress(content)
    except zlib.error as error:
        raise BrokenFileError("is not gzip") from error
    if not stream.eof:
        raise BrokenFileError("is cut short" if content else "is empty")
    if stream.unused_data:
        raise BrokenFileError("has bytes after the end of its gzip stream")
    return plain


def content_hash(content: bytes) -> str:
    """The SHA-256 of a log file's uncompressed bytes, as digests name it.

    Raises:
        BrokenFileError: it is not one whole gzip stream.
    """
    return hashlib.sha256(inflate(content)).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Whether two hexadecimal hashes are the same number: a leading zero may be left out.

    >>> same_hash("0AB", "ab")
    True
    """
    return one.lower().zfill(_HASH_DIGITS) == other.lower().zfill(_HASH_DIGITS)


def read_digest(content: bytes) -> Digest:
    """The digest in a gzipped file.

    Raises:
        BrokenFileError: it is not a digest, or uses an algorithm that is not known.
    """
    plain = inflate(content)
    try:
        data = json.loads(plain)
        digest = _digest(data, hashlib.sha256(plain).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        missing = f"it has no {error.args[0]}" if isinstance(error, KeyError) else str(error)
        raise BrokenFileError(f"is not a digest: {missing}") from error
    if digest.algorithm != ALGORITHM:
        raise BrokenFileError(f"is signed with {digest.algorithm}, and CloudTrail signs with {ALGORITHM}")
    return digest


def _digest(data: Mapping[str, Any], sha256: str) -> Digest:
    previous = data.get("previousDigestS3Object")
    return Digest(
        start=_time(data["digestStartTime"]),
        end=_time(data["digestEndTime"]),
        end_text=data["digestEndTime"],
        bucket=data["digestS3Bucket"],
        key=data["digestS3Object"],
        fingerprint=data["digestPublicKeyFingerprint"],
        algorithm=data.get("digestSignatureAlgorithm", ALGORITHM),
        previous=None if previous is None else (data["previousDigestS3Bucket"], previous),
        previous_hash=_known(data.get("previousDigestHashValue"), data.get("previousDigestHashAlgorithm")),
        previous_signature=data["previousDigestSignature"],
        logs=tuple(_promise(each) for each in data["logFiles"]),
        sha256=sha256,
    )


def _promise(data: Mapping[str, Any]) -> LogPromise:
    hashed = _known(data["hashValue"], data.get("hashAlgorithm"))
    if hashed is None:
        raise ValueError("a log file has no hash")
    return LogPromise(data["s3Bucket"], data["s3Object"], hashed)


def _known(hashed: str | None, algorithm: str | None) -> str | None:
    if hashed is not None and algorithm != HASH:
        raise ValueError(f"a hash is made by {algorithm}, and CloudTrail uses {HASH}")
    return hashed


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True)
class PublicKey:
    """A public key of CloudTrail, as `ListPublicKeys` gives it: DER, whichever form."""

    fingerprint: str
    value: bytes

    def proves(self, digest: Digest, signature: str) -> bool:
        """Whether the signature is CloudTrail's over this digest: RSA, PKCS #1 v1.5, SHA-256.

        Raises:
            BrokenFileError: the key cannot be read.
        """
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        try:
            key = load_der_public_key(self.value)  # takes PKCS #1 and SubjectPublicKeyInfo
        except ValueError as error:
            raise BrokenFileError(f"the public key {self.fingerprint} cannot be read") from error
        if not isinstance(key, RSAPublicKey):
            raise BrokenFileError(f"the public key {self.fingerprint} is not an RSA key")
        try:
            key.verify(bytes.fromhex(signature), digest.signed, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True
