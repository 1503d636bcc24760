"""All claims, side by side: what waits for one API does not keep the others waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from cfngen.aws.calls import CallError
from cfngen.aws.reading import AT_ONCE
from cfngen.verify.actions import denied
from cfngen.verify.checks import check_of
from cfngen.verify.claims import Claim
from cfngen.verify.results import Result, Verdict, cannot_tell
from cfngen.verify.world import World

Done = Callable[[Result], None]

_LONG = {"integrity", "probe"}


def verify(claims: Sequence[Claim], world: World, done: Done) -> tuple[list[Result], bool]:
    """Each claim's result, in the order of the claims, and whether the run was interrupted.

    Arguments:
        done: told of each result as soon as it is there, in this thread.
    """
    world.claims = claims
    results: dict[str, Result] = {}
    interrupted = False
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="verify")
    waiting: list[Future[Result]] = []
    try:
        waiting = [pool.submit(result_of, claim, world) for claim in in_turn(claims)]
        for future in as_completed(waiting):
            result = future.result()
            results[result.claim.id] = result
            done(result)
    except KeyboardInterrupt:
        interrupted = True
        for future in waiting:
            future.cancel()
    finally:
        pool.shutdown(wait=not interrupted, cancel_futures=True)
    cut = cannot_tell("interrupted before it was checked")
    return [results.get(claim.id, Result(claim, cut)) for claim in claims], interrupted


def in_turn(claims: Sequence[Claim]) -> list[Claim]:
    """The claims in the order in which they are begun: what takes long, then one about each thing, in rounds.

    Claims about one thing often want the answer to the same call: side by side they would wait for each
    other, and few calls would be made at a time.
    """
    rounds: Counter[tuple[str, str]] = Counter()
    order = []
    for number, claim in enumerate(claims):
        thing = claim.stack, claim.about
        order.append((claim.kind not in _LONG, rounds[thing], number))
        rounds[thing] += 1
    return [claims[number] for *_, number in sorted(order)]


def result_of(claim: Claim, world: World) -> Result:
    """One claim's result; what fails while it is checked is a reason, never the end of the run."""
    begun = world.clock.now()
    try:
        verdict = check_of(claim.kind)(claim, world)
    except CallError as error:
        verdict = unanswered(error)
    # A check takes what it was given by the definition at its word.
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        verdict = cannot_tell(f"what the claim gives its check does not fit: {missing}")
    return Result(claim, verdict, world.clock.now() - begun)


def unanswered(error: CallError) -> Verdict:
    """What a failed call leaves to say."""
    return cannot_tell(error.problem, denied(error))
