"""Somebody gets what a topic publishes: a subscription is there and confirmed."""

from __future__ import annotations

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds, not_yet
from cfngen.verify.world import World

NEEDS = ("sns:ListSubscriptionsByTopic",)


def check(claim: Claim, world: World) -> Verdict:
    """Look at the subscriptions of `given["topic"]`."""
    found = world.calls.pages(
        "sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=claim.given["topic"]
    )
    confirmed = [each for each in found if each["SubscriptionArn"].startswith("arn:")]
    if confirmed:
        return holds(f"{len(confirmed)} confirmed: {', '.join(sorted(_told(each) for each in confirmed))}")
    if found:
        waiting = ", ".join(sorted(_told(each) for each in found))
        return not_yet(f"not confirmed: {waiting}", "when the link in the mail was followed")
    if not claim.given.get("email", True):
        return not_yet("nobody is subscribed, and the stack names nobody", "when somebody has subscribed")
    return fails("nobody is subscribed")


def _told(subscription: dict[str, str]) -> str:
    return f"{subscription['Protocol']} {subscription['Endpoint']}"
