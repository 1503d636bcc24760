"""Importing troposphere and awacs without three libraries that only cost time.

`import troposphere` imports cfn_flip, which imports PyYAML, and troposphere.serverless, which imports a dozen
services for the type of one attribute: half of the time of a whole run
(https://github.com/cloudtools/troposphere/blob/main/troposphere/__init__.py). `import awacs` imports inspect,
which imports the parts of a compiler, to look at a value of a type that it does not expect
(https://github.com/cloudtools/awacs/blob/main/awacs/__init__.py). Stand-in modules take their places until
somebody asks them for more, so `Template.to_yaml()`, serverless resources and such a look still work.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _StandIn(ModuleType):
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


# What is asked of each at import: nothing, and a type to annotate an attribute with.
_STAND_INS: dict[str, dict[str, Any]] = {
    "cfn_flip": {},
    "inspect": {},
    "troposphere.serverless": {"Globals": type("Globals", (), {})},
}


def install() -> None:
    """Put the stand-ins in place, unless troposphere is there already."""
    if "troposphere" in sys.modules:
        return
    for name, attributes in _STAND_INS.items():
        stand_in = _StandIn(name)
        stand_in.__dict__.update(attributes)
        sys.modules.setdefault(name, stand_in)
