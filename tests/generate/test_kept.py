"""A run renders what changed, never less: everything that a definition read is known, or it is rendered."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

import cfngen
from cfngen.generate.fresh import RENDERING
from cfngen.generate.inputs import MORE_THAN_RENDERING
from cfngen.generate.kept import Kept
from cfngen.manifest import StackEntry
from cfngen.project import Project
from tests.support.projects import TOPIC, SmallProject, make

pytestmark = pytest.mark.unmeasured

SHARED = 'TOPIC = "shared"\n'
USES_SHARED = "from templates._names import TOPIC\n" + TOPIC.replace('"news"', "TOPIC")
READS = (
    "from pathlib import Path\n"
    'NAME = (Path(__file__).parent.parent / "data" / "name.txt").read_text().strip()\n'
    + TOPIC.replace('"news"', "NAME")
)


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return make(tmp_path / "project", news=TOPIC, other=TOPIC)


def _settle(project: SmallProject) -> None:
    """A record needs files that have not changed just now."""
    time.sleep(0.1)
    done = project.generate()
    assert done.returncode == 0, done.stderr
    assert project.generate().stdout.startswith("out/ is up to date")


def _record(project: SmallProject) -> Any:
    return json.loads((project.root / ".cfngen" / "rendered.json").read_text())["stacks"]


def _ran(project: SmallProject, *arguments: str) -> set[str]:
    """The stacks whose definitions a run executes."""
    done = project.render("--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return {stack["stack"] for stack in json.loads(done.stdout)["stacks"] if stack["rendered"]}


def test_nothing_changed_nothing_runs(project: SmallProject) -> None:
    _settle(project)
    assert _ran(project) == set()


def test_only_the_changed_definition_runs(project: SmallProject) -> None:
    _settle(project)
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    assert _ran(project) == {"news"}
    assert b"headlines" in project.out()["news.yaml"]


def test_a_copy_of_a_project_is_rendered_from_its_own_definitions(project: SmallProject) -> None:
    _settle(project)
    copy = project.copied(project.root.parent / "copy")
    copy.define("news", TOPIC.replace('"news"', '"headlines"'))
    assert _ran(copy) == {"news", "other"}
    assert b"headlines" in copy.out()["news.yaml"]
    assert b"headlines" not in project.out()["news.yaml"]


def test_check_runs_every_definition(project: SmallProject) -> None:
    _settle(project)
    assert _ran(project, "--check") == {"news", "other"}


def test_a_shared_module_counts_for_those_that_use_it(project: SmallProject) -> None:
    project.define("_names", SHARED)
    project.define("news", USES_SHARED)
    _settle(project)
    project.define("_names", SHARED.replace("shared", "common"))
    assert _ran(project) == {"news"}
    assert b"common" in project.out()["news.yaml"]


@pytest.mark.parametrize(
    "statement",
    [
        "from templates import _names",
        "import templates._names",
        "import templates._names as names",
        "from . import _names",
        "from ._names import TOPIC",
        "def late():\n    from templates._names import TOPIC\n    return TOPIC\nlate()",
    ],
)
def test_a_shared_module_is_seen_however_it_is_imported(project: SmallProject, statement: str) -> None:
    project.define("_names", SHARED)
    project.define("aaa", USES_SHARED)  # runs first: for the others, the module is there already
    project.define("news", f"{statement}\n{TOPIC}")
    _settle(project)
    assert f"{project.root}/templates/_names.py" in _record(project)["news"]["inputs"]
    assert f"{project.root}/templates/_names.py" not in _record(project)["other"]["inputs"]


def test_a_shared_module_of_a_shared_module_counts_too(project: SmallProject) -> None:
    project.define("_base", SHARED)
    project.define("_names", "from templates._base import TOPIC\n")
    project.define("news", USES_SHARED)
    _settle(project)
    project.define("_base", SHARED.replace("shared", "deep"))
    assert "news" in _ran(project)
    assert b"deep" in project.out()["news.yaml"]


def test_a_file_that_a_definition_reads_is_an_input(project: SmallProject) -> None:
    data = project.root / "data" / "name.txt"
    data.parent.mkdir()
    data.write_text("first\n")
    project.define("news", READS)
    _settle(project)
    assert str(data) in _record(project)["news"]["inputs"]
    data.write_text("other\n")
    done = project.generate()
    assert "wrote out/news.yaml" in done.stdout
    assert b"other" in project.out()["news.yaml"]


def test_a_file_that_a_shared_module_reads_counts_for_all_that_use_it(project: SmallProject) -> None:
    data = project.root / "name.txt"
    data.write_text("first")
    read = f"from pathlib import Path\nTOPIC = Path({str(data)!r}).read_text()\n"
    project.define("_names", read)
    project.define("aaa", USES_SHARED)
    project.define("news", USES_SHARED)
    _settle(project)
    data.write_text("second")
    assert _ran(project) == {"aaa", "news"}


def test_a_file_that_is_not_there_yet_is_an_input(project: SmallProject) -> None:
    data = project.root / "name.txt"
    source = (
        f"try:\n    NAME = open({str(data)!r}).read()\nexcept FileNotFoundError:\n    NAME = 'none'\n"
        + TOPIC.replace('"news"', "NAME")
    )
    project.define("news", source)
    _settle(project)
    data.write_text("there")
    project.generate()
    assert b"there" in project.out()["news.yaml"]


def test_a_folder_that_is_listed_is_an_input(project: SmallProject) -> None:
    folder = project.root / "data"
    folder.mkdir()
    (folder / "a").touch()
    names = f'"-".join(sorted(path.name for path in Path({str(folder)!r}).iterdir()))'
    project.define("news", "from pathlib import Path\n" + TOPIC.replace('"news"', names))
    _settle(project)
    (folder / "b").touch()
    project.generate()
    assert b"a-b" in project.out()["news.yaml"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os\n", "imports os"),
        ("from datetime import date\n", "imports datetime"),
        ("import subprocess as shell\n", "imports subprocess"),
        ("def late():\n    import random\n", "imports random"),
        ("from pathlib import Path\nPath('/etc').exists()\n", "uses exists"),
        ("__import__('os')\n", "uses __import__"),
        ("from cfngen import Stack, lint\n", "imports cfngen.lint"),
        ("open('generate.py').read()\n", "open of 'generate.py'"),
    ],
)
def test_what_nobody_can_tell_is_rendered_every_time(project: SmallProject, source: str, why: str) -> None:
    project.define("news", source + TOPIC)
    time.sleep(0.1)
    for _ in range(2):
        assert project.generate().returncode == 0
        assert _record(project)["news"]["untold"] == why
        assert not (project.root / ".cfngen" / "fresh").exists()
    assert _ran(project) == {"news"}


def test_what_definitions_are_written_with_is_known(project: SmallProject) -> None:
    project.define(
        "news", TOPIC.replace("from cfngen.define.stack import", "from cfngen import iam, recipes,")
    )
    _settle(project)
    assert _record(project)["news"]["untold"] is None


def test_each_public_name_is_of_what_renders_or_known_to_be_more() -> None:
    """A change of what renders makes everything anew; one of the linter would not."""
    package = Path(cfngen.__file__).parent
    for name in cfngen.__all__:
        public = getattr(cfngen, name)
        room = getattr(public, "__module__", public.__name__).split(".")[1]
        renders = room in RENDERING or (package / f"{room}.py").is_file()
        assert renders == (name not in MORE_THAN_RENDERING), name


def test_an_environment_variable_is_never_missed(project: SmallProject) -> None:
    project.define("news", "import os\n" + TOPIC.replace('"news"', 'os.environ["TOPIC"]'))
    project.generate(TOPIC="one")
    time.sleep(0.1)
    project.generate(TOPIC="one")
    project.generate(TOPIC="two")
    assert b"two" in project.out()["news.yaml"]


def test_an_output_changed_by_hand_is_made_again(project: SmallProject) -> None:
    _settle(project)
    before = project.out()
    (project.root / "out" / "news.yaml").write_text("by hand")
    assert _ran(project) == {"news"}
    assert project.out() == before


def test_a_record_of_other_tools_or_none_at_all_renders_everything(project: SmallProject) -> None:
    _settle(project)
    path = project.root / ".cfngen" / "rendered.json"
    good = path.read_text()
    for content in ("", "[]", "{}", '{"format": 2}', good.replace('"tools": "', '"tools": "0')):
        path.write_text(content)
        assert _ran(project) == {"news", "other"}


def test_a_file_that_changes_while_it_is_read_is_not_trusted(project: SmallProject) -> None:
    path = project.root / "templates" / "news.py"
    entry = StackEntry("1.0.0", "", 0)
    kept = Kept.read(Project(project.root))
    kept.add("news", entry, {}, [str(path)], None)
    ahead = time.time() - 3600
    os.utime(path, (ahead, ahead))  # its own time says nothing: the system's counts
    assert kept.outside() is None
    time.sleep(0.1)
    kept = Kept.read(Project(project.root))
    kept.add("news", entry, {}, [str(path)], None)
    assert kept.outside() == ()


def test_a_file_elsewhere_that_changes_after_it_was_read_is_not_trusted(
    project: SmallProject, tmp_path: Path
) -> None:
    data = tmp_path / "data.txt"
    data.write_text("first")
    time.sleep(0.1)
    kept = Kept.read(Project(project.root))
    kept.add("news", StackEntry("1.0.0", "", 0), {}, [str(data)], None)
    assert kept.outside() == (str(data),)
    data.write_text("second")
    assert kept.outside() is None


def test_a_record_that_says_the_same_is_not_written_again(project: SmallProject) -> None:
    _settle(project)
    path = project.root / ".cfngen" / "rendered.json"
    before = path.stat()
    project.render()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    project.define("news", TOPIC.replace('"news"', '"headlines"'))
    project.render()
    assert path.stat().st_ino != before.st_ino


def test_an_edit_of_the_same_size_is_rendered(project: SmallProject) -> None:
    for topic in ("olds", "mews"):  # the bytecode of what was there before is not taken for it
        project.define("news", TOPIC.replace('"news"', f'"{topic}"'))
        project.render()
        assert topic.encode() in project.out()["news.yaml"]


def test_an_edit_of_the_same_size_at_the_same_time_is_rendered(project: SmallProject) -> None:
    path = project.define("news", TOPIC)
    project.render()
    before = path.stat()
    path.write_text(TOPIC.replace('"news"', '"mews"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    project.render()
    assert b"mews" in project.out()["news.yaml"]


def test_a_release_is_an_input(project: SmallProject) -> None:
    _settle(project)
    assert project.cfngen("release", "news").returncode == 0
    assert _ran(project) == {"news"}
