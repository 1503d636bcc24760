"""cfn-lint, held in memory: the rules are loaded once, then asked about as many templates as there are.

The one module that imports cfn-lint, so it is imported only where a verdict is missing. Half of that import
is sympy, and it cannot be spared: the first condition of a template needs its boolean algebra, which in turn
imports most of the rest, in an order that only works from sympy's own front door.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

from cfnlint.config import ConfigMixIn
from cfnlint.context import Context, ParameterSet
from cfnlint.decode import decode
from cfnlint.exceptions import ConfigFileError, UnexpectedRuleException
from cfnlint.helpers import REGIONS
from cfnlint.rules import Match, Rules
from cfnlint.runner import Runner
from cfnlint.runner.template.runner import _run_template_per_config
from cfnlint.template import Template
from yaml import YAMLError

from cfngen.errors import CfngenError
from cfngen.lint.finding import Finding, Level, merged
from cfngen.lint.work import Values, Work
from cfngen.template.environment.parameters import secret
from cfngen.template.values import is_list, items

RULES: Final = Path(__file__).parent / "rules"

OWN: Final = "9501"
"""The number of the first of our own rules."""

INFORMATIONAL: Final = {
    "I1002": "near the size limit of a template",
    "I1003": "near the length limit of a description",
    "I2003": "an AllowedPattern that is not a regular expression",
    "I2010": "near the number limit of parameters",
    "I3010": "near the number limit of resources",
    "I3011": "a resource with data and without deletion policies, which goes with its stack",
    "I3013": "data that expires after a time that nobody chose",
    "I3037": "the same item twice in a list: usually a copy that was not edited",
    "I6010": "near the number limit of outputs",
    "I9": "our own",
}
"""The informational rules that we ask for, and what each finds: limits before they are hit, data before it
is lost. Left out are matters of taste (I1022), what our own rules say louder (I3042) and what asks for
metadata nobody reads (I4010). https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"""

# Nobody can switch off the rule that asks for reasons.
MANDATORY: Final = ["W9510"]


class EveryValue(Context):
    """Resolves a parameter to every environment's value and to its own default and allowed values.

    cfn-lint takes either the former or the latter. Taking both finds in one pass whether there is anything
    to find at all, for hardly more than one pass costs.
    """

    def ref_value(self, instance: str) -> Iterator[tuple[Any, Context]]:
        yield from super().ref_value(instance)
        if self.parameter_sets and instance in self.parameters and instance not in self.ref_values:
            yield from self.evolve(parameter_sets=None).ref_value(instance)

    def evolve(self, **changes: Any) -> EveryValue:
        """The same as `Context.evolve`, without asking each time what fields there are: a tenth of a run."""
        if "ref_values" in changes:
            changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
        state = vars(self) | changes
        if "resources" in changes:
            state.pop("module_names", None)  # cached, and made of the resources
        evolved = object.__new__(type(self))
        vars(evolved).update(state)
        return evolved


class Engine:
    """Loaded rules: cfn-lint's, ours, and those of a project.

    Arguments:
        configuration: the project's cfn-lint configuration file.
        rules: the folder of the project's own rules; one that does not exist holds none.

    Raises:
        CfngenError: the configuration file is broken, or a rule of the project cannot be loaded.
    """

    def __init__(self, configuration: Path | None, rules: Path | None = None) -> None:
        folders = [RULES, *([rules] if rules and rules.is_dir() else [])]
        try:
            self._config = ConfigMixIn(
                # Somebody's own ~/.cfnlintrc must not change what is found in the project.
                ["--config-file", str(configuration or os.devnull), "--append-rules", *map(str, folders)],
                include_checks=list(INFORMATIONAL),
                ignore_checks=["E2900"],  # our own E9512 sees it all, and says what to do
                mandatory_checks=MANDATORY,
                merge_configs=True,
                templates=[],
            )
            self._rules = Runner(self._config).rules
        except (ConfigFileError, YAMLError) as error:
            place = configuration.name if configuration else None
            problem = " ".join(str(error).split())
            raise CfngenError(problem, place=place, remedy="see cfn-lint --help") from error
        # A rule of the project is somebody's program, and may raise anything.
        except Exception as error:
            if len(folders) == 1:
                raise
            raise _unloadable(folders[1], error) from error
        self._own = Rules({name: rule for name, rule in self._rules.items() if name[1:] >= OWN})

    def check(self, work: Work) -> list[Finding]:
        """Everything that is wrong with a template, sorted; the same findings in the same order each time.

        Raises:
            CfngenError: cfn-lint knows nothing about one of the Regions.
        """
        for region in work.regions:
            if region not in REGIONS:
                remedy = f"correct it in the environment.yaml that says {region}, or update cfn-lint"
                raise CfngenError(
                    f"cfn-lint does not know the Region {region}", place=work.name, remedy=remedy
                )
        template, matches = decode(str(work.path))
        if matches or not isinstance(template, dict):
            return merged(_finding(match, work) for match in matches) or [
                Finding("E0000", "error", "the file is not a mapping of sections", work.name)
            ]
        found: list[Finding] = []
        for region in work.regions:
            here = [values for values in work.values if values.region == region]
            found += self._run(work, region, here, self._rules, every=work.by_itself, template=template)
            template = None
        if not found:
            return []
        # Somebody is to blame: ask again, one by one, for whom it is wrong.
        rules = self._own if all(finding.rule in self._own for finding in found) else self._rules
        if work.by_itself:
            found = [each for region in work.regions for each in self._run(work, region, (), rules)]
        else:
            found = []
        for values in work.values:
            found += [
                replace(finding, environments=(values.environment,))
                for finding in self._run(work, values.region, (values,), rules)
            ]
        return merged(found)

    def _run(
        self,
        work: Work,
        region: str,
        values: Sequence[Values],
        rules: Rules,
        *,
        every: bool = False,
        template: Any = None,
    ) -> list[Finding]:
        """One pass. For one Region: cfn-lint is content with a value that is right in any of several.

        `template` is read anew unless it is given: a pass changes what it works on.
        """
        template = template or decode(str(work.path))[0]
        try:
            config = self._config.evolve(regions=[region])
            config.set_template_args(template)  # type: ignore[no-untyped-call]
            sets: list[ParameterSet] = [_given(template, each) for each in values]
            cfn = Template(str(work.path), template, config.regions, sets)
            if every and sets:
                known = {each.name: getattr(cfn.context, each.name) for each in fields(Context) if each.init}
                cfn.context = EveryValue(**known)
            matches = list(_run_template_per_config(cfn, config, rules))
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            # cfn-lint trusts some parts of a template to have their shape, such as a resource's Metadata.
            problem = f"cfn-lint cannot read the template: {error}"
            return [Finding("E0002", "error", problem, work.name)]
        return [_finding(match, work, values) for match in matches]


def _unloadable(folder: Path, error: Exception) -> CfngenError:
    """The error of a project whose rules cannot be loaded: cfn-lint loads them at once."""
    if isinstance(error, UnexpectedRuleException):
        error = error.__context__ if isinstance(error.__context__, Exception) else error
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{folder.name}/{Path(error.filename).name}:{error.lineno}"
    elif frames:
        place = f"{folder.name}/{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    else:
        place = f"{folder.name}/"
    return CfngenError(
        f"a lint rule cannot be loaded: {type(error).__name__}: {error}",
        place=place,
        remedy="correct the rule; each one has an id of its own, from 9601 on",
    )


@dataclass
class GivenSet(ParameterSet):
    """What a rule of cfn-lint may repeat in its messages, and what only E9512 sees.

    Attributes:
        given: the same with the values of NoEcho parameters.
    """

    given: dict[str, Any] = field(default_factory=dict)


def _given(template: Mapping[str, Any], values: Values) -> GivenSet:
    """A NoEcho parameter has no value here: it resolves to its default, or to nothing."""
    parameters = _parameters(template, values.parameters)
    hidden = secret(template)
    shown = {name: value for name, value in parameters.items() if name not in hidden}
    return GivenSet(values.file, shown, parameters)


def _parameters(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """As cfn-lint wants them: a list for a parameter of a list type."""
    declared = template.get("Parameters", {})
    return {
        name: items(value) if is_list(str(declared.get(name, {}).get("Type"))) else value
        for name, value in given.items()
    }


def _finding(match: Match, work: Work, values: Sequence[Values] = ()) -> Finding:
    path = tuple(getattr(match, "path", ()))
    inside = len(path) > 1 and path[0] == "Resources"
    line, column = match.linenumber, match.columnnumber
    file = work.name
    message = match.message.replace(str(work.path), work.name)
    for each in values:
        message = message.removesuffix(f" from [{each.file!r}]")  # the finding names its environments
        if match.filename == each.file:
            # cfn-lint knows the file, but the place of the parameter's declaration in the template.
            file = each.file
            line = next((each.lines[str(key)] for key in path if str(key) in each.lines), 1)
            column = 1
    level: Level = match.rule.severity
    return Finding(
        rule=match.rule.id,
        level=level,
        message=message,
        file=file,
        line=line,
        column=column,
        logical_id=str(path[1]) if inside else None,
        path=path,
        summary=match.rule.shortdesc,
        source_url=match.rule.source_url,
    )
