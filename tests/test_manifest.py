"""The manifest reads back as it was written, and says what is wrong with one that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfngen.errors import OutError
from cfngen.manifest import Manifest, StackEntry

ENTRY = StackEntry(
    version="1.2.3",
    sha256="00",
    size=2,
    capabilities=("CAPABILITY_IAM",),
    depends_on=("b",),
    termination_protection=True,
    stack_policy={"Statement": []},
    parameters={"A": None, "B": "x"},
    releases={"1.0.0": "11"},
)


def test_it_reads_back_as_written() -> None:
    manifest = Manifest({"a": ENTRY, "b": StackEntry("1.0.0", "22", 1)})
    assert Manifest.from_bytes(manifest.to_bytes(), "m") == manifest


def test_the_same_stacks_in_any_order_are_the_same_bytes() -> None:
    other = StackEntry("1.0.0", "22", 1)
    assert Manifest({"a": ENTRY, "b": other}).to_bytes() == Manifest({"b": other, "a": ENTRY}).to_bytes()


def test_the_order_to_deploy_in() -> None:
    stacks = {name: StackEntry("1.0.0", "", 0, depends_on=after) for name, after in _DEPENDS.items()}
    assert Manifest(stacks).order() == ["trail", "alarms", "roles", "costs"]


_DEPENDS: dict[str, tuple[str, ...]] = {
    "costs": ("alarms",),
    "alarms": ("trail",),
    "roles": ("trail",),
    "trail": (),
}


def _edited(before: str, after: str) -> bytes:
    content = Manifest({"a": ENTRY}).to_bytes().decode()
    assert before in content
    return content.replace(before, after, 1).encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not a manifest: Expecting value"),
        (b"[]", "not a manifest: list indices"),
        (b"{}", "not a manifest: 'format_version' is missing"),
        (b'{"format_version": "2.0", "stacks": {}}', "format_version is '2.0', not '1.0'"),
        (b'{"format_version": "1.0", "stacks": {"a": {}}}', "'version' is missing"),
        (_edited('"size": 2', '"size": "2"'), "size is not a int"),
        (_edited('"1.0.0": "11"', '"1.0.0": null'), "releases holds something else than strings"),
        (_edited('"size": 2', '"size": 2, "x": 1'), "'x'"),
        (_edited('"a": {', '"../a": {'), "'../a' is not a stack's name"),
        (_edited('"Statement": []', f'"Statement": {"[" * 50_000}{"]" * 50_000}'), "recursion"),
        (b"{\n<<<<<<< HEAD\n}", "holds a merge conflict\n  resolve it: cfngen generate"),
    ],
)
def test_what_is_no_manifest_says_why(content: bytes, problem: str) -> None:
    with pytest.raises(OutError) as raised:
        Manifest.from_bytes(content, "out/manifest.json")
    assert problem in str(raised.value)
    assert "out/manifest.json: " in str(raised.value)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(OutError, match="make it: cfngen generate"):
        Manifest.read(tmp_path / "manifest.json", "out/manifest.json")


def test_a_circle_is_told() -> None:
    stacks = {"a": ENTRY, "b": ENTRY._replace(depends_on=("a",))}
    with pytest.raises(OutError, match=r"in a circle: (a -> b -> a|b -> a -> b)"):
        Manifest(stacks).order()


def test_a_dependency_that_is_gone_has_no_place_in_the_order() -> None:
    assert Manifest({"a": ENTRY}).order() == ["a"]
