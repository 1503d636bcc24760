"""The templates of the page, compiled once and kept."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from cfngen.report import compiled as room
from cfngen.report.compiled import compiled

SOURCE = {"a.html": "{{ 6 * 7 }}"}


def compile_in(folder: Path, monkeypatch: pytest.MonkeyPatch, *, options: str = "x = 1") -> int:
    """How many templates are compiled for a page, after its text was looked at."""
    counted = []

    class Counting(jinja2.Environment):
        def compile(self, *arguments: object, **more: object) -> object:  # type: ignore[override]
            counted.append(arguments)
            return super().compile(*arguments, **more)  # type: ignore[call-overload]

    user = folder / "page.py"
    user.write_text(options)
    monkeypatch.setattr(room, "cache_from_source", lambda file: str(Path(file).parent / "kept" / "page.pyc"))
    environment = Counting(loader=jinja2.DictLoader(SOURCE), bytecode_cache=compiled(str(user)))
    assert environment.get_template("a.html").render() == "42"
    return len(counted)


def test_a_template_is_compiled_once_and_again_when_its_options_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "kept").mkdir()
    assert [compile_in(tmp_path, monkeypatch) for _ in range(3)] == [1, 0, 0]
    assert compile_in(tmp_path, monkeypatch, options="x = 2") == 1


def test_what_is_kept_and_broken_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "kept").mkdir()
    compile_in(tmp_path, monkeypatch)
    (file,) = (tmp_path / "kept").iterdir()
    for size in (0, 10, 40, 90):
        file.write_bytes(file.read_bytes()[:size])
        assert compile_in(tmp_path, monkeypatch) == 1
    assert compile_in(tmp_path, monkeypatch) == 0


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compile_in(tmp_path, monkeypatch) == 1
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_folder_that_cannot_be_written_to_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "kept").write_text("not a folder")
    assert [compile_in(tmp_path, monkeypatch) for _ in range(2)] == [1, 1]


def test_a_package_without_files_keeps_nothing() -> None:
    assert compiled("/nowhere/page.py") is None
