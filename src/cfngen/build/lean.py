"""Importing and rendering without what only costs time: a YAML library, the garbage collector.

`import troposphere` imports cfn_flip, which imports PyYAML: a third of the time of a whole run
(https://github.com/cloudtools/troposphere/blob/main/troposphere/__init__.py). A stand-in module takes
its place until somebody asks it for an attribute, so `Template.to_yaml()` still works.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_NAME = "cfn_flip"


class _StandIn(ModuleType):
    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        from importlib import import_module

        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        real = import_module(_NAME)
        self.__dict__.update(vars(real))
        return getattr(real, attribute)


def install() -> None:
    """Put the stand-in in place, unless the real module is there already."""
    sys.modules.setdefault(_NAME, _StandIn(_NAME))


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking through what is all still needed."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
