"""Run the modules of templates/: each gives one Stack, or one error that names its line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NoReturn

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
        with own_errors(project, definition), _package(project, reads):
            module = import_module(name)
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
def own_errors(project: Project, definition: Definition) -> Iterator[None]:
    """Make whatever is raised the error of this definition: it is somebody's program, also in what it made.

    Raises:
        DefinitionError: what was raised, with the place in templates/ that it came from.
    """
    process, end = os.getpid(), os._exit

    def exits(status: int) -> NoReturn:
        if os.getpid() != process:
            end(status)  # a child of the definition's own
        raise SystemExit(status)

    os._exit = exits  # or the run would end without a word, and with the definition's exit code
    try:
        yield
    except (DefinitionError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _explain(project, definition, error) from error
    finally:
        os._exit = end


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
        with redirect_stdout(_Aside()), redirect_stderr(io.StringIO()):
            yield
    finally:
        sys.meta_path.remove(finder)


class _Aside(io.TextIOBase):
    """What is printed goes to standard error, which stays open when a definition closes its output."""

    def __init__(self) -> None:
        self._stream = sys.stderr

    def write(self, text: str) -> int:
        return self._stream.write(text)


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
    return DefinitionError(sentence(error), place=place, remedy=remedy)


def _frames(trace: TracebackType | None) -> Iterator[tuple[Path, int]]:
    while trace is not None:
        yield Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno
        trace = trace.tb_next


def sentence(error: BaseException) -> str:
    """What a definition's code raised, in one line.

    >>> sentence(ValueError("not\\nthis")), sentence(KeyError())
    ('ValueError: not this', 'KeyError')
    """
    try:
        text = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())
    # The words of an error of a definition's own class are made by its own code.
    except Exception:  # noqa: BLE001
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
