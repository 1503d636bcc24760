"""The page's templates as Jinja compiles them, kept where Python keeps the bytecode of this package."""

from __future__ import annotations

import hashlib
import pickle
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
import jinja2.compiler


class Compiled(jinja2.FileSystemBytecodeCache):
    """Compiling takes a tenth of what the page does. Written is where and when Python writes, too.

    https://jinja.palletsprojects.com/en/stable/api/#bytecode-cache
    """

    def __init__(self, user: str) -> None:
        """
        Arguments:
            user: the module's file that says with which options the templates are compiled.
        """
        super().__init__(str(Path(cache_from_source(user)).parent))
        files = [Path(file).read_bytes() for file in (user, jinja2.compiler.__file__)]
        self._compiled_by = hashlib.sha256(b"".join(files)).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """What changes with all that the compiled template depends on."""
        return super().get_source_checksum(self._compiled_by + source)

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Take what was kept; where that cannot be read, the template is compiled."""
        with suppress(OSError, EOFError, pickle.UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep it; a place that cannot be written to costs nothing but the time."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


def compiled(user: str) -> Compiled | None:
    """Where the compiled templates are kept; None where Python has no source files, and keeps nothing."""
    try:
        return Compiled(user)
    except (OSError, NotImplementedError):
        return None
