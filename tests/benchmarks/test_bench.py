"""The benchmark measures what it says; how much that is, no test asks."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import bench
from benchmarks.figures import FIGURES, peers
from benchmarks.figures.rendering import instructions_of
from benchmarks.measure import Command, CommandError, Cost, Pairs, cost, pairs, run
from benchmarks.modules import imported
from benchmarks.place import Place, Sizes, copied, forget, stacks
from benchmarks.result import Budget, Row, compared, skipped
from tests.support.projects import ROOT, TOPIC, make

pytestmark = pytest.mark.unmeasured

TINY = Sizes(pairs=1, stacks=4, resources=5, deployed=2, events=20)
PEERS = {"cdk", "sceptre", "formica", "stacker"}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one stack, with its own copy of cfngen."""
    root = make(tmp_path / "project", news=TOPIC).root
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    values = root / "deployments" / "dev"
    values.mkdir(parents=True)
    (values / "environment.yaml").write_text("region: eu-west-1\nstack-name-prefix: bench-\n")
    (values / "news.yaml").write_text("template-file-path: out/news.yaml\n")
    return root


@pytest.fixture
def place(small: Path, tmp_path: Path) -> Place:
    folder = tmp_path / "bench"
    folder.mkdir()
    return copied(small, folder, TINY)


@pytest.mark.parametrize("name", sorted(FIGURES.keys() - PEERS))
def test_each_figure_gives_a_value_or_says_why_not(name: str, place: Place, small: Path) -> None:
    before = {path for path in small.rglob("*") if "__pycache__" not in path.parts}
    rows = list(FIGURES[name](place))
    assert rows
    for row in rows:
        assert row.figure == name
        assert row.value is not None or row.details.startswith("skipped: ")
        # What four stacks cost more than one is less than the noise of two runs.
        assert row.value is None or row.value > 0 or name == "slope"
    assert {path for path in small.rglob("*") if "__pycache__" not in path.parts} == before


@pytest.mark.parametrize("name", sorted(PEERS))
def test_what_is_not_installed_is_skipped_by_name(
    name: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "_ENVIRONMENTS", ROOT / ".venv-of-nobody")
    monkeypatch.setattr(peers, "_node", lambda: None)
    for row in FIGURES[name](place):
        assert row.value is None
        assert row.within is None
        assert row.details.startswith("skipped: ")
        assert name in row.details or "node is not installed" in row.details


def test_runs_alternate_after_one_that_does_not_count() -> None:
    order = []

    def side(name: str) -> Cost:
        order.append(name)
        return Cost(len(order), 1, 1)

    measured = pairs(lambda: side("a"), lambda: side("b"), 2)
    assert "".join(order) == "ababab"
    assert [run.wall for run in measured.a] == [3, 5]
    assert [run.wall for run in measured.b] == [4, 6]


def test_a_ratio_is_the_median_of_the_pairs_not_of_the_sides() -> None:
    slow_machine = [Cost(10, 10, 1), Cost(1, 1, 1), Cost(2, 2, 1)]
    measured = Pairs(slow_machine, [Cost(20, 20, 1), Cost(1, 1, 1), Cost(4, 4, 1)])
    assert measured.ratio("cpu") == 0.5
    assert compared("f", "what", measured, Budget(0.6), of="cpu").within is True


def test_a_command_costs_its_childrens_time_too(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    used, _ = run(Command([sys.executable, "-c", parent], tmp_path, {}))
    assert used.cpu >= 0.2
    assert used.memory > 1


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exit code 3\nsaid"):
        cost(Command([sys.executable, "-c", "print('said'); raise SystemExit(3)"], tmp_path, {}))()


def test_what_is_made_ready_comes_before(tmp_path: Path) -> None:
    made = tmp_path / "made"
    there = f"import os, sys; sys.exit(not os.path.exists({str(made)!r}))"
    run(Command([sys.executable, "-c", there], tmp_path, {}, made.touch))


def test_the_modules_are_those_that_the_definitions_import(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "one_stack.py").write_text("import troposphere.s3 as s3\nfrom templates import _shared\n")
    (folder / "_shared.py").write_text(
        "from troposphere import Sub, sns\nfrom awacs.aws import Allow\nimport json\n"
    )
    (folder / "other.py").write_text("import troposphere.ec2\n")
    found = imported(tmp_path, ["one-stack"], tmp_path / "no-package")
    assert found == ["awacs.aws", "troposphere", "troposphere.s3", "troposphere.sns"]


def test_valgrind_that_counted_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="counted nothing"):
        instructions_of("==1== Killed")


def test_forgetting_keeps_releases(tmp_path: Path) -> None:
    frozen = tmp_path / "out" / "releases" / "news" / "1.0.0.yaml"
    frozen.parent.mkdir(parents=True)
    frozen.touch()
    (tmp_path / "out" / "news.yaml").touch()
    forget(tmp_path)
    assert [path.name for path in tmp_path.rglob("*.yaml")] == ["1.0.0.yaml"]


def test_the_table_says_what_is_within_what_is_not_and_what_was_skipped() -> None:
    rows = [
        Row("a", "good", 0.5, Budget(0.9), "d"),
        Row("b", "bad", 5.0, Budget(7, least=True), "d"),
        Row("c", "told", 2.0, None, "d"),
        skipped("d", "gone", Budget(6, " ms"), "valgrind is not installed"),
    ]
    assert bench.table(rows).splitlines()[2:] == [
        "| good | 0.50x | ≤ 0.9x | yes | d |",
        "| bad | 5.00x | ≥ 7x | **no** | d |",
        "| told | 2.00x | - | - | d |",
        "| gone | - | ≤ 6 ms | - | skipped: valgrind is not installed |",
    ]


def test_the_script_prints_the_table_and_writes_every_run(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "ROOT", small)
    file = tmp_path / "bench.json"
    assert bench.main(["--figure", "nothing", "--pairs", "1", "--json", str(file)]) == 0
    assert "| `generate.py` with nothing to do ÷ `python -c pass` |" in capsys.readouterr().out
    (figure,) = json.loads(file.read_text())["figures"]
    assert figure["figure"] == "nothing"
    assert len(figure["a"]) == len(figure["b"]) > 0
    assert stacks(small) == ["news"]


def test_a_figure_that_cannot_be_measured_fails_the_run(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "ROOT", small)
    (small / "templates" / "news.py").write_text("stack = 1\n")
    assert bench.main(["--figure", "nothing", "--pairs", "1"]) == 1
    assert "defines no stack" in capsys.readouterr().err
