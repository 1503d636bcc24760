"""What `cfngen watch` takes for a save."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cfngen.cli.sources import GONE, PAUSE, SETTLED, Sources
from cfngen.project import Project


class Editor:
    """Somebody who saves while the watch sleeps: one step at each sleep; the sleeps are kept."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self._steps: Iterator[Callable[[], object]] = iter(steps)
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        next(self._steps, lambda: None)()


@pytest.mark.parametrize("name", ["templates/store.py", "deployments/dev/store.yaml"])
def test_a_file_that_is_emptied_or_gone_for_a_moment_is_one_save(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    for taken_away in (lambda: file.write_text(""), file.unlink):
        file.write_text("before")
        editor = Editor(taken_away, lambda: file.write_text("the new text"))
        assert Sources(Project(tmp_path), editor).wait() == [name]
        assert editor.slept == [PAUSE, GONE, SETTLED]
        assert file.read_text() == "the new text"


def test_a_file_that_stays_empty_is_told_in_the_end(tmp_path: Path) -> None:
    file = tmp_path / "templates/store.py"
    file.parent.mkdir(parents=True)
    file.write_text("before")
    editor = Editor(lambda: file.write_text(""))
    assert Sources(Project(tmp_path), editor).wait() == ["templates/store.py"]
    assert editor.slept == [PAUSE, GONE]
