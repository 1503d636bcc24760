"""Definitions are run, and let go."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from cfngen.generate import definitions, inputs, load_definition
from cfngen.project import Project
from tests.support.projects import TOPIC, make


def test_nothing_keeps_a_stack_but_who_asked_for_it(tmp_path: Path) -> None:
    project = Project(make(tmp_path / "project", news=TOPIC).root)
    (definition,) = definitions.find(project)
    stack = weakref.ref(load_definition.load(project, definition))
    gc.collect()
    assert stack() is None
    inputs.forget()
