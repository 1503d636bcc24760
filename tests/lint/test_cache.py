from __future__ import annotations

import os
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.lint import cache
from cfngen.lint.finding import LEVELS, Finding, merged

FINDING = Finding(
    "E3002",
    "error",
    "wrong “quotes”",
    "out/a.yaml",
    3,
    5,
    "Logs",
    ("Resources", "Logs", 0),
    ("dev",),
    "shape",
    "https://example.com",
    None,
)

TEXT = st.text(max_size=8)
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["E1", "W1"]),
    level=st.sampled_from(LEVELS),
    message=TEXT,
    file=TEXT,
    line=st.integers(1, 9),
    path=st.lists(st.one_of(TEXT, st.integers(0, 9)), max_size=3).map(tuple),
    environments=st.lists(st.sampled_from(["dev", "prod"]), unique=True).map(sorted).map(tuple),
    logical_id=st.none() | TEXT,
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    for findings in ([], [FINDING, FINDING]):
        cache.write(folder, "key", findings)
        assert cache.read(folder, "key") == findings
    assert [path.name for path in folder.iterdir()] == ["key.json"]


def test_the_example_uses_every_field() -> None:
    assert len(fields(Finding)) == 12


@pytest.mark.parametrize("content", [b"", b"[", b"{}x", b"[1]", b'[{"rule": "E1"}]', b"\xff", b"null"])
def test_a_corrupt_verdict_is_no_verdict(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.json").write_bytes(content)
    assert cache.read(tmp_path, "key") is None


def test_a_verdict_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert cache.read(tmp_path / "nowhere", "key") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache.write(tmp_path / "file" / "folder", "key", [FINDING])
    cache.prune(tmp_path / "file" / "folder")


def test_the_oldest_verdicts_go(tmp_path: Path) -> None:
    for age in range(5):
        path = tmp_path / f"{age}.json"
        path.write_bytes(b"[]\n")
        os.utime(path, (1000 - age, 1000 - age))
    cache.prune(tmp_path, keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.json", "1.json"]


def test_another_cfn_lint_is_another_toolchain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(tmp_path), *sys.path])
    installed = cache.toolchain(None)
    assert installed == cache.toolchain(None)
    (tmp_path / "cfn_lint-99.0.0.dist-info").mkdir()
    assert cache.toolchain(None) != installed


def test_another_configuration_is_another_toolchain(tmp_path: Path) -> None:
    path = tmp_path / ".cfnlintrc"
    seen = {cache.toolchain(None)}
    for content in ("a: 1", "a: 2"):
        path.write_text(content)
        seen.add(cache.toolchain(path))
    assert len(seen) == 3


@given(st.lists(FINDINGS, max_size=6))
def test_merging_loses_no_finding_and_no_environment(findings: list[Finding]) -> None:
    once = merged(findings)
    assert merged(once) == once
    assert merged(reversed(findings)) == once
    for finding in findings:
        same = [each for each in once if replace(each, environments=()) == replace(finding, environments=())]
        assert len(same) == 1
        assert not same[0].environments or set(finding.environments) <= set(same[0].environments)
