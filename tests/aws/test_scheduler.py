"""All stacks in one thread: the order, side by side, the interruption."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from cfngen.aws.scheduler import Task, run
from cfngen.aws.steps import Interrupted, Steps
from tests.support.stubbed import FakeClock


class Works:
    """Tasks that wait for as long as they are told, and note when they began and ended."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.began: dict[str, float] = {}
        self.ended: dict[str, float] = {}

    def task(self, name: str, seconds: float, after: Sequence[str] = (), *, good: bool = True) -> Task[str]:
        def steps() -> Steps[str]:
            self.began[name] = self.clock.now()
            try:
                yield seconds
            except KeyboardInterrupt as error:
                raise Interrupted(f"{name} cut") from error
            self.ended[name] = self.clock.now()
            return f"{name} {'good' if good else 'bad'}"

        return Task(steps, lambda because: f"{name} skipped {','.join(because)}", after)


def good(result: str) -> bool:
    return result.endswith("good")


GRAPHS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.sets(st.sampled_from("abcdefgh"), max_size=3), st.integers(0, 9), st.booleans()),
    min_size=1,
)


@given(GRAPHS)
def test_each_waits_for_what_it_depends_on_and_for_nothing_else(
    graph: dict[str, tuple[set[str], int, bool]],
) -> None:
    # An edge to a later letter would make a circle possible.
    edges = {name: sorted(other for other in after if other < name) for name, (after, _, _) in graph.items()}
    order = [name for name in TopologicalSorter(edges).static_order() if name in graph]
    clock = FakeClock()
    works = Works(clock)
    tasks = {name: works.task(name, graph[name][1], edges[name], good=graph[name][2]) for name in order}
    results, interrupted = run(tasks, good, clock, lambda _result: None)
    assert (list(results), interrupted) == (order, False)
    finish: dict[str, float] = {}
    for name in order:
        after = [other for other in edges[name] if other in graph]
        bad = [other for other in after if not good(results[other])]
        if bad:
            assert results[name] == f"{name} skipped {','.join(bad)}"
            continue
        ready = max((finish[other] for other in after), default=0.0)
        finish[name] = ready + graph[name][1]
        assert (works.began[name], works.ended[name]) == (ready, finish[name])
    assert clock.now() == max(finish.values(), default=0)  # the critical path, and no more


def test_an_interruption_reaches_every_stack() -> None:
    clock = FakeClock()
    works = Works(clock)

    class Impatient(FakeClock):
        def sleep(self, seconds: float) -> None:  # noqa: ARG002
            raise KeyboardInterrupt

    tasks = {
        "a": works.task("a", 5),
        "b": works.task("b", 5),
        "c": works.task("c", 5, ["a"]),
    }
    told: list[str] = []
    results, interrupted = run(tasks, good, Impatient(), told.append)
    assert interrupted
    assert results == {"a": "a cut", "b": "b cut", "c": "c skipped "}
    assert sorted(told) == ["a cut", "b cut", "c skipped "]


def test_one_that_was_cut_inside_of_a_call_cuts_the_others() -> None:
    def cut() -> Steps[str]:
        yield 0
        raise Interrupted("a cut")

    clock = FakeClock()
    works = Works(clock)
    tasks = {"a": Task(cut, lambda _: ""), "b": works.task("b", 5)}
    assert run(tasks, good, clock, lambda _result: None) == ({"a": "a cut", "b": "b cut"}, True)
