"""Which calls are made once, and which anew."""

from __future__ import annotations

from cfngen.aws.reading import Calls
from tests.support.stubbed import Cloud, FakeClock


def _pages(cloud: Cloud) -> None:
    """A first page that is empty and not the last."""
    cloud.answer("ListExports", {"Exports": [], "NextToken": "n"})
    cloud.answer("ListExports", {"Exports": [{"Name": "e"}]}, NextToken="n")


def test_pages_are_asked_for_once_unless_they_have_to_be_fresh() -> None:
    cloud = Cloud()
    calls = Calls(cloud.account, FakeClock())
    for fresh, made in ((False, 2), (False, 2), (True, 4), (True, 6)):
        if made > calls.made:
            _pages(cloud)
        assert calls.pages("cloudformation", "ListExports", "Exports", fresh=fresh) == [{"Name": "e"}]
        assert calls.made == made
