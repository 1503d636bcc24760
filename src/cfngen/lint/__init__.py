"""Bytes to findings: cfn-lint's runner and this project's own rules, which are cfn-lint rules.

Programs call the package itself: `from cfngen import lint`, then `lint(project)`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfngen.lint.finding import Finding


class _Callable(ModuleType):
    """A package and the function of the same name share one attribute of `cfngen`.

    https://docs.python.org/3/reference/datamodel.html#customizing-module-attribute-access
    """

    def __call__(self, *arguments: Any, **options: Any) -> list[Finding]:
        from cfngen.lint.runner import lint

        return lint(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
