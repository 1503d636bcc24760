"""Import troposphere without PyYAML, which only its `to_yaml` and `to_json` need.

`import troposphere` imports cfn_flip, which imports PyYAML: a third of the time of the import
(https://github.com/cloudtools/troposphere/blob/main/troposphere/__init__.py). A module of the same name takes
the place of cfn_flip and loads the real one at the first attribute that is asked for, so that
`Template.to_yaml()` works as ever.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        from importlib import import_module

        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        real = import_module(name)
        self.__dict__.update(vars(real))
        return getattr(real, attribute)


def install() -> None:
    """Put the lazy module in place, unless troposphere is imported already."""
    if "troposphere" not in sys.modules:
        sys.modules.setdefault("cfn_flip", _Lazy("cfn_flip"))
