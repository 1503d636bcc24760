"""Python definitions to versioned, linted CloudFormation templates, deployed as reviewed change sets."""

__version__ = "0.1.0"

# True for type checkers; importing `typing` for it would cost as much as a run with nothing to do.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cfngen.define import iam, parameters, recipes
    from cfngen.define.parameters import ParameterGroup
    from cfngen.define.stack import Stack
    from cfngen.define.suppress import suppressed
    from cfngen.deploy.outcome import StackResult
    from cfngen.deploy.planning import plan
    from cfngen.errors import CfngenError
    from cfngen.generate.pipeline import template as render
    from cfngen.lint.finding import Finding
    from cfngen.lint.runner import lint
    from cfngen.manifest import Manifest
    from cfngen.project import Project
    from cfngen.template.change.compare import Comparison, compare
    from cfngen.template.load import load as load_template

__all__ = [
    "CfngenError",
    "Comparison",
    "Finding",
    "Manifest",
    "ParameterGroup",
    "Project",
    "Stack",
    "StackResult",
    "compare",
    "iam",
    "lint",
    "load_template",
    "parameters",
    "plan",
    "recipes",
    "render",
    "suppressed",
]

# Where each of them is: a module, and the name that it has there.
_WHERE = {
    "CfngenError": "errors:CfngenError",
    "Comparison": "template.change.compare:Comparison",
    "Finding": "lint.finding:Finding",
    "Manifest": "manifest:Manifest",
    "ParameterGroup": "define.parameters:ParameterGroup",
    "Project": "project:Project",
    "Stack": "define.stack:Stack",
    "StackResult": "deploy.outcome:StackResult",
    "compare": "template.change.compare:compare",
    "iam": "define.iam",
    "lint": "lint",
    "load_template": "template.load:load",
    "parameters": "define.parameters",
    "plan": "deploy.planning:plan",
    "recipes": "define.recipes",
    "render": "generate.pipeline:template",
    "suppressed": "define.suppress:suppressed",
}


if not TYPE_CHECKING:  # a checker would take every name for one of ours

    def __getattr__(name: str) -> object:
        """Import what is asked for, and nothing else: https://peps.python.org/pep-0562/"""
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        place, _, attribute = _WHERE[name].partition(":")
        module = import_module(f"{__name__}.{place}")
        return getattr(module, attribute) if attribute else module


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
