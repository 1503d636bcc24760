"""Importing troposphere without the YAML library that it loads but that nobody here calls.

`import troposphere` imports cfn_flip, which imports PyYAML: a third of the time of a whole run
(https://github.com/cloudtools/troposphere/blob/main/troposphere/__init__.py). A stand-in module takes
its place until somebody asks it for an attribute, so `Template.to_yaml()` still works.
"""

from __future__ import annotations

import sys
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
