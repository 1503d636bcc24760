"""Calls that only read: many at a time, each made once, a passing trouble waited out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from cfngen.aws.calls import CallError, Trouble, call
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock

AT_ONCE = 8
"""Calls at a time: far below what the services take, and enough that the network is never idle."""

_TRIES = 4
_FIRST_WAIT = 0.5

T = TypeVar("T")


def side_by_side(work: Iterable[Callable[[], T]]) -> list[T]:
    """The results, in the order of `work`; an interruption or an error ends what has not begun."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="read")
    waiting = [pool.submit(each) for each in work]
    done = False
    try:
        results = [future.result() for future in waiting]
        done = True
    finally:
        pool.shutdown(wait=done, cancel_futures=True)
    return results


class Calls:
    """API calls that only read: the same one is made once, and a passing trouble is waited out.

    Safe to use from several threads. What failed fails again, without another call.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._answers: dict[str, tuple[dict[str, Any] | None, CallError | None]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._making = threading.Lock()
        self.made = 0

    def __call__(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one call.

        Raises:
            CallError: it failed.
        """
        return self.elsewhere(None, service, operation, **parameters)

    def elsewhere(
        self, region: str | None, service: str, operation: str, **parameters: Any
    ) -> dict[str, Any]:
        """The same, asked in another Region; None for the environment's.

        Raises:
            CallError: it failed.
        """
        asked = json.dumps(parameters, sort_keys=True, default=str)
        key = f"{region or self._account.region} {service} {operation} {asked}"
        with self._making:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._answers:
                self._answers[key] = self._made(service, operation, parameters, region)
        answer, error = self._answers[key]
        if error is not None:
            raise error
        return answer or {}

    def pages(
        self,
        service: str,
        operation: str,
        result: str,
        *,
        after: str = "NextToken",
        ask: str = "",
        fresh: bool = False,
        **given: Any,
    ) -> list[Any]:
        """The members of a list that comes in pages; a page may be empty and not the last.

        Arguments:
            result: the member of the answer that holds the list.
            after: the member that leads to the next page.
            ask: the parameter that takes it, where it has another name.
            fresh: whether each page is asked for now, see `fresh`.

        Raises:
            CallError: a page could not be had.
        """
        page = self.fresh if fresh else self
        found: list[Any] = []
        answer = page(service, operation, **given)
        found += answer.get(result, [])
        while answer.get(after):
            answer = page(service, operation, **given, **{ask or after: answer[after]})
            found += answer.get(result, [])
        return found

    def objects(
        self, bucket: str, prefix: str, result: str = "Contents", *, fresh: bool = False, **given: Any
    ) -> list[Any]:
        """What S3's ListObjectsV2 lists below a prefix, of all pages; see `pages`.

        Raises:
            CallError: a page could not be had.
        """
        more: dict[str, Any] = {"after": "NextContinuationToken", "ask": "ContinuationToken"}
        asked = {"Bucket": bucket, "Prefix": prefix, **given}
        return self.pages("s3", "ListObjectsV2", result, fresh=fresh, **more, **asked)

    def fresh(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """As a call, but made now: what was answered before is not good enough.

        Raises:
            CallError: it failed.
        """
        answer, error = self._made(service, operation, parameters)
        if error is not None:
            raise error
        return answer or {}

    def _made(
        self, service: str, operation: str, parameters: Mapping[str, Any], region: str | None = None
    ) -> tuple[dict[str, Any] | None, CallError | None]:
        client = self._account.client(service, region)
        wait = _FIRST_WAIT
        for last in [False] * (_TRIES - 1) + [True]:
            self.made += 1
            try:
                return call(client, operation, **parameters), None
            except CallError as error:
                if last or error.trouble is not Trouble.PASSING:
                    return None, error
            self._clock.sleep(wait)
            wait *= 2
        raise AssertionError("unreachable")
