"""The floor plan of docs/architecture.md, held against the code's own imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.projects import ROOT

PACKAGE = ROOT / "src" / "cfngen"
# Each package may import those of the levels below, never one of its own level: `cli` and `report` put
# packages of one level together.
LEVELS = (
    {"cli"},
    {"report"},
    {"present"},
    {"generate", "lint", "deploy", "verify", "activity", "cost", "sandbox"},
    {"aws"},
    {"define", "template", "trail"},
    {"errors", "project", "manifest", "git", "files"},
)
# Who else wants a library goes through its owner; the emulator speaks AWS by botocore's own models.
OWNERS = {
    "troposphere": {"define", "generate"},
    "awacs": {"define", "generate"},
    "cfnlint": {"lint"},
    "boto3": {"aws"},
    "botocore": {"aws", "sandbox"},
    "ministack": {"sandbox"},
}
# Imports that wait for their move, with the package that they go up or sideways to. It only gets shorter.
WAITING: dict[str, set[str]] = {}
MODULES = sorted(PACKAGE.rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _level(room: str) -> int | None:
    return next((level for level, rooms in enumerate(LEVELS) if room in rooms), None)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down_only(path: Path) -> None:
    room = _room(path)
    level = _level(room)
    for name in _imports(path):
        package, _, rest = name.partition(".")
        assert room in OWNERS.get(package, {room}), f"{name} belongs to {OWNERS[package]}"
        other = rest.split(".")[0]
        theirs = _level(other)
        if package != "cfngen" or other == room or level is None or theirs is None:
            continue
        if other in WAITING.get(path.relative_to(PACKAGE).as_posix(), ()):
            continue
        assert theirs > level or level == theirs == len(LEVELS) - 1, f"an import goes up or sideways: {name}"


def test_every_package_has_its_level() -> None:
    rooms = {_room(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms <= set().union(*LEVELS)


def test_only_the_command_line_prints_and_exits() -> None:
    for path in MODULES:
        if _room(path) in {"cli", "__main__"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "sys.exit", "exit"}, (
                    f"{path.name}:{node.lineno} calls {called}"
                )


def test_every_room_is_on_the_floor_plan() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in PACKAGE.iterdir():
        if path.is_dir() and any(path.rglob("*.py")):
            assert f"  {path.name}/ " in plan, f"{path.name}/ is missing"
        elif path.suffix == ".py" and not path.name.startswith("__"):
            assert f"{path.name} " in plan, f"{path.name} is missing"


def _public_classes() -> dict[str, list[str]]:
    """The modules that define each public class, by its name."""
    modules: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())
    return modules


def test_no_two_public_classes_have_one_name() -> None:
    assert {name: modules for name, modules in _public_classes().items() if len(modules) > 1} == {}
