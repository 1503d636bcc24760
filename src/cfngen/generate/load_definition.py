"""Run the modules of templates/: each gives one Stack, or one error that names its line."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType

from cfngen.define.stack import Stack
from cfngen.errors import DefinitionError
from cfngen.generate.definitions import Definition
from cfngen.generate.inputs import PACKAGE, Finder, Reads, forget
from cfngen.project import Project


def load(project: Project, definition: Definition, reads: Reads | None = None) -> Stack:
    """Run a definition and return its stack.

    Arguments:
        reads: told what the definition reads; the same for all that share their modules in one run.

    Raises:
        DefinitionError: the module cannot be run, or defines no stack; `place` is its file and line.
    """
    if not definition.path.is_file():
        raise DefinitionError("is not a regular file", place=project.relative(definition.path))
    name = f"{PACKAGE}.{definition.path.stem}"
    try:
        with _package(project, reads):
            module = import_module(name)
    # A definition is somebody's program: whatever it raises is that stack's error, not the end of the run.
    except (Exception, SystemExit) as error:
        raise _explain(project, definition, error) from error
    finally:
        sys.modules.pop(name, None)
        vars(sys.modules[PACKAGE]).pop(definition.path.stem, None)  # or the package keeps every stack
    stack = getattr(module, "stack", None)
    if not isinstance(stack, Stack):
        raise DefinitionError(
            "defines no stack",
            place=project.relative(definition.path),
            remedy='add `stack = Stack("What it is for")`; a module that is shared starts with an underscore',
        )
    return stack


@contextmanager
def _package(project: Project, reads: Reads | None) -> Iterator[None]:
    """Make `templates` the package of this project, and keep what its modules print off standard output."""
    package = sys.modules.get(PACKAGE)
    path = [str(project.templates)]
    if package is None or list(getattr(package, "__path__", [])) != path:
        forget()
        package = ModuleType(PACKAGE)
        package.__path__ = path
        sys.modules[PACKAGE] = package
    # troposphere writes a line of its own to stderr before it raises; the error says the same, better.
    finder = Finder(reads or Reads())
    sys.meta_path.insert(0, finder)
    try:
        with redirect_stdout(sys.stderr), redirect_stderr(io.StringIO()):
            yield
    finally:
        sys.meta_path.remove(finder)


def _explain(project: Project, definition: Definition, error: BaseException) -> DefinitionError:
    path, line = definition.path, None
    own = None
    for frame_path, frame_line in _frames(error.__traceback__):
        if frame_path.is_relative_to(project.templates):
            path, line = frame_path, frame_line
        if frame_path == definition.path:
            own = frame_line
    if isinstance(error, SyntaxError) and error.filename:
        path, line = Path(error.filename), error.lineno
    place = project.relative(path) + (f":{line}" if line else "")
    caller = f"{project.relative(definition.path)}{f':{own}' if own else ''}"
    remedy = f"{caller} uses it for the stack {definition.stack}" if path != definition.path else None
    return DefinitionError(_sentence(error), place=place, remedy=remedy)


def _frames(trace: TracebackType | None) -> Iterator[tuple[Path, int]]:
    while trace is not None:
        yield Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno
        trace = trace.tb_next


def _sentence(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
