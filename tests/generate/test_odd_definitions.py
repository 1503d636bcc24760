"""Definitions that nobody expects: each is written rightly or is one error of its own; others are built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfngen.template.change.compare import compare
from cfngen.template.environment.parameters import check
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load
from tests.support.projects import TOPIC, SmallProject, make

HEAD = """\
import datetime, enum
from troposphere import GetStackOutput, Ref, Sub
from troposphere.iam import User
from troposphere.sns import Topic
from cfngen.define.stack import Stack
stack = Stack("An odd one")
stack.add(Topic("Topic"))
"""
NEST = "value = []\nfor _ in range({}): value = [value]\nstack.template.metadata = {{'A': value}}"
WRITTEN = {
    "loop": (
        'stack.template.set_transform("AWS::LanguageExtensions")\n'
        'stack.template.resources["Fn::ForEach::Topics"] = ["Name", ["A", "B"], '
        '{"Topic${Name}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}}]'
    ),
    "loop_of_outputs": (
        'stack.template.set_transform("AWS::LanguageExtensions")\n'
        'stack.template.outputs["Fn::ForEach::Names"] = ["Name", ["A"], {"Out${Name}": {"Value": "x"}}]'
    ),
    "loop_of_conditions": (
        'stack.template.set_transform("AWS::LanguageExtensions")\n'
        'stack.template.conditions["Fn::ForEach::C"] = ["Name", ["A"], {"C${Name}": {"Fn::Equals": [1, 1]}}]'
    ),
    "stack_output": 'stack.add(Topic("Other", DisplayName=GetStackOutput("network", "Name")))',
    "number_keys": 'stack.template.add_mapping("Accounts", {111122223333: {"Stage": "dev"}})',
    "text_subclass": 'class T(str): pass\nstack.template.metadata = {T("Owner"): T("me")}',
    "newer_function": 'stack.template.metadata = {"A": {"Fn::Newest": ["a"]}}',
    "reference_of_a_function": 'stack.template.metadata = {"A": {"Ref": {"Fn::Sub": "${A}"}}}',
    "control_character": 'stack.template.metadata = {"A": "\\x07 and \\u202e"}',
    "same_twice": 'shared = {"a": 1}\nstack.template.metadata = {"A": shared, "B": shared}',
    "ninety_levels": NEST.format(90),
    "collections": (
        "import collections\n"
        "class Pair(tuple): pass\n"
        "stack.template.metadata = collections.OrderedDict(A=Pair((1, [2])), B=collections.Counter('aab'))"
    ),
    "globals": (
        "from troposphere.serverless import FunctionGlobals, Globals\n"
        'stack.template.set_transform("AWS::Serverless-2016-10-31")\n'
        "stack.template.set_globals(Globals(Function=FunctionGlobals(Timeout=3)))"
    ),
    "prints": "import sys\nprint('no JSON')\nsys.stdout.close()",
    "long_key": "stack.template.metadata = {'k' * 1100: {'a': ['b']}}",
    "loop_of_text": (
        'stack.template.resources["Fn::ForEach::T"] = ["Name", ["A"], {"T${Name}": "text"}]\n'
        'stack.template.resources["Fn::ForEach"] = ["Name", ["A"], {"T": []}]'
    ),
    "loop_of_parameters": (
        'stack.template.parameters["Fn::ForEach::P"] = ["Name", ["A"], {"P${Name}": {"Type": "String"}}]'
    ),
    "odd_dependencies": (
        "topic = {'Type': 'AWS::SNS::Topic'}\n"
        "stack.template.resources['Other'] = {**topic, 'DependsOn': [5, {'Ref': 'Topic'}]}\n"
        "stack.template.resources['More'] = {**topic, 'DependsOn': 5}"
    ),
    "parameter_of_odd_values": (
        "odd = {'Type': ['String'], 'AllowedValues': 5, 'AllowedPattern': 5, 'Default': 7}\n"
        "stack.template.parameters['P'] = odd"
    ),
    "set_later": 'stack.depends_on = ["good"]\nstack.protected = ["Topic"]',
}
REFUSED = {
    "date": ('stack.template.metadata = {"Since": datetime.date(2026, 1, 31)}', "Since is a date"),
    "null": ('stack.template.metadata = {"Owner": None}', "Owner is null"),
    "null_property": ('stack.resource = stack.template.resources["Topic"].properties["A"] = None', "null"),
    "set": ('stack.template.metadata = {"A": {1}}', "A is a set"),
    "surrogate": ('stack.template.metadata = {"A": "\\ud800"}', "U+D800"),
    "cycle": ("value = {}\nvalue['A'] = value\nstack.template.metadata = value", "deeper than 100"),
    "deep": (NEST.format(10_000), "deeper than 100"),
    "deep_property": (
        "value = 'x'\nfor _ in range(10_000): value = Sub('${A}', A=value)\n"
        "stack.add(Topic('Deep', DisplayName=value))",
        "",
    ),
    "digits": ('stack.template.metadata = {"A": 10 ** 5000}', "digits"),
    "no_template": ("stack.template = None", "stack.template is a NoneType"),
    "no_type": ('stack.template.resources["Bare"] = {"Properties": {}}', "Bare has no Type"),
    "text_resource": ('stack.template.resources["Bare"] = "text"', "Bare is not a mapping"),
    "list_properties": (
        'stack.template.resources["Bare"] = {"Type": "AWS::SNS::Topic", "Properties": []}',
        "Properties that are not a mapping",
    ),
    "text_metadata": ('stack.template.metadata = "text"', "Metadata is not a mapping"),
    "text_parameter": ('stack.template.parameters["P"] = "text"', "P is not a mapping"),
    "number_output": ('stack.template.outputs["O"] = 3', "O is not a mapping"),
    "text_dependency": ('stack = Stack("d", depends_on="good")', "depends_on takes a list of names"),
    "number_dependency": ('stack = Stack("d", depends_on=[3])', "depends_on takes a list of names"),
    "unknown_dependency": (
        'stack = Stack("d", depends_on=["nobody"])\nstack.add(Topic("Topic"))',
        "which no module defines",
    ),
    "protects_nobody": ('stack = Stack("d", protected=["A"])\nstack.add(Topic("Topic"))', "protects A"),
    "empty": ('stack = Stack("d")', "the stack has no resources"),
    "no_stack": ("del stack", "defines no stack"),
    "another_stack": ('stack = "text"', "defines no stack"),
    "raises": ('raise ValueError("so")', "ValueError: so"),
    "raises_nothing": ("raise ValueError", "ValueError"),
    "exits": ("import sys\nsys.exit(3)", "SystemExit: 3"),
    "syntax": ("def (", "SyntaxError"),
    "missing_module": ("import nowhere", "No module named 'nowhere'"),
    "recursion": ("def again(): again()\nagain()", "RecursionError"),
    "unknown_property": ('stack.add(Topic("Other", Nonsense=1))', "Nonsense"),
    "missing_property": ("stack.add(__import__('troposphere.sns').sns.SubscriptionResource('S'))", "S: "),
    "lies_about_itself": (
        'class Odd:\n    def to_dict(self): raise KeyError("gone")\nstack.template.metadata = {"A": Odd()}',
        "Metadata: KeyError: 'gone'",
    ),
    "ends_the_run": ("import os\nos._exit(0)", "SystemExit: 0"),
    "beyond_exceptions": ("raise GeneratorExit", "GeneratorExit"),
    "unspeakable": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        "Mute",
    ),
    "ends_while_written": (
        "class Odd:\n    def to_dict(self): raise SystemExit(3)\nstack.template.metadata = {'A': Odd()}",
        "Metadata: SystemExit: 3",
    ),
    "stands_for_itself": (
        "class Odd:\n    def to_dict(self): return self\nstack.template.metadata = {'A': Odd()}",
        "A is a Odd",
    ),
    "doubles": ("v = 'a'\nfor _ in range(60): v = [v, v]\nstack.template.metadata = {'A': v}", "1,048,576"),
    "repeats": ("v = ['a' * 40_000] * 10**5\nstack.template.metadata = {'A': v}", "1,048,576"),
    "list_resources": ("stack.template.resources = [Topic('A')]", "Resources is not a mapping"),
    "key_twice": (
        "body = {'Type': 'AWS::SNS::Topic'}\nstack.template.resources.update({5: body, '5': body})",
        "the key 5 twice",
    ),
    "null_key": ("stack.template.resources[None] = Topic('A')", "NoneType"),
    "text_set_later": ('stack.depends_on = "good"', "depends_on takes a list of names"),
    "protection_as_text": ('stack.termination_protection = "yes"', "True or False, not 'yes'"),
    "another_claim": ("stack.claim(1)", "a claim is made by"),
    "null_in_a_claim": (
        "from cfngen.define.claims import claim\n"
        "stack.claim(claim('topic', 'Topic', 'x', given={'a': None}))",
        "cannot be written: a is null",
    ),
    "severity": (
        "from cfngen.define.claims import claim\nstack.claim(claim('topic', 'Topic', 'x', severity='bad'))",
        "severity of a claim is one of",
    ),
    "policy": (
        "Stack = type('Own', (Stack,), {'policy': lambda self: 'text'})\n"
        'stack = Stack("d")\nstack.add(Topic("Topic"))',
        "not 'text'",
    ),
    "name_is_a_list": ('stack.template.resources["U"] = User("U", UserName=["a"])', ""),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    written = {f"written_{name}": HEAD + source + "\n" for name, source in WRITTEN.items()}
    refused = {f"refused_{name}": HEAD + source + "\n" for name, (source, _) in REFUSED.items()}
    return make(tmp_path_factory.mktemp("odd") / "project", good=TOPIC, **written, **refused)


def test_each_is_written_or_is_one_error(project: SmallProject) -> None:
    done = project.render("--format", "json")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    document = json.loads(done.stdout)
    stacks = {stack["stack"] for stack in document["stacks"]}
    assert stacks == {"good", *(f"written-{name.replace('_', '-')}" for name in WRITTEN)}
    errors = {Path(error["place"].split(":")[0]).stem: error for error in document["errors"]}
    assert len(document["errors"]) == len(errors) == len(REFUSED)
    for name, (_, problem) in REFUSED.items():
        assert problem in errors[f"refused_{name}"]["problem"]


def test_what_is_written_is_read_by_every_command(project: SmallProject) -> None:
    if not (project.root / "out" / "good.yaml").exists():
        project.render()
    done = project.cfngen("diff")
    assert (done.returncode, done.stderr) == (0, "")
    good = load(project.out()["good.yaml"], "good.yaml").data
    for name in WRITTEN:
        path = f"written-{name.replace('_', '-')}.yaml"
        template = load(project.out()[path], path).data
        assert not compare(template, template).judgements, name
        assert compare(good, template).judgements, name
        assert compare(template, good).judgements, name
        resolved = resolve(template, {"P": "a"}, account="111122223333", region="eu-west-1", partition="aws")
        assert "Topic" in resolved["Resources"], name
        assert check(template, {}) if name == "parameter_of_odd_values" else not check(template, {}), name


def test_an_error_of_a_shared_module_names_the_stack_and_the_call(tmp_path: Path) -> None:
    shared = "def name(stage):\n    raise ValueError(f'no name for {stage}')\n"
    source = "from templates._names import name\n\nname('dev')\n"
    project = make(tmp_path / "project", good=TOPIC, _names=shared, broken=source)
    done = project.render()
    assert done.returncode == 1
    assert "templates/_names.py:2: ValueError: no name for dev" in done.stderr
    assert "templates/broken.py:3 uses it for the stack broken" in done.stderr
    assert set(project.out()) == {"good.yaml", "manifest.json"}
