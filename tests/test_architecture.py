"""The floor plan of docs/architecture.md, held against the code's own imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projects import ROOT

PACKAGE = ROOT / "src" / "cfngen"
WINGS = ("build", "lint", "deploy", "sandbox")
# Who else wants a library goes through its wing; the emulator speaks AWS by botocore's own models.
OWNERS = {
    "troposphere": {"build"},
    "awacs": {"build"},
    "cfnlint": {"lint"},
    "boto3": {"deploy"},
    "botocore": {"deploy", "sandbox"},
    "ministack": {"sandbox"},
}
GROUND = {"errors", "project", "manifest", "fresh"}
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down_only(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        package, _, rest = name.partition(".")
        assert room in OWNERS.get(package, {room}), f"{name} belongs to {OWNERS[package]}"
        if package != "cfngen" or not rest:
            continue
        other = rest.split(".")[0]
        if room in WINGS:
            assert other not in {*WINGS, "cli"} - {room}, f"the wings do not know each other: {name}"
        elif room == "template":
            assert other in {"template", *GROUND}, f"the ground floor stands on nothing above it: {name}"
        elif room in GROUND:
            assert other in {*GROUND, "__version__"}, name


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
        if path.is_dir() and path.name != "__pycache__":
            assert f"  {path.name}/ " in plan, f"{path.name}/ is missing"
        elif path.suffix == ".py" and not path.name.startswith("__"):
            assert f"  {path.name} " in plan, f"{path.name} is missing"
