"""troposphere without the YAML library, until somebody wants it."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.projects import UNMEASURED


def _run(source: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, **UNMEASURED},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_importing_the_wing_loads_no_yaml() -> None:
    source = "import sys, cfngen.build.stack; print('yaml' in sys.modules, 'troposphere' in sys.modules)"
    assert _run(source) == "False True\n"


def test_importing_the_policies_loads_no_inspect_until_it_is_asked() -> None:
    source = (
        "import sys, cfngen.build.iam; print('ast' in sys.modules)\n"
        "import inspect; print(inspect.getmro(int)[0], inspect is not sys.modules['inspect'])\n"
        "from inspect import signature; print(signature(lambda a: a))\n"
    )
    assert _run(source) == "False\n<class 'int'> True\n(a)\n"


def test_to_yaml_of_troposphere_still_works() -> None:
    source = (
        "from cfngen.build.stack import Stack\n"
        "from troposphere.sns import Topic\n"
        "stack = Stack('d')\n"
        "stack.add(Topic('T'))\n"
        "print('AWS::SNS::Topic' in stack.template.to_yaml())\n"
    )
    assert _run(source) == "True\n"


def test_the_real_module_is_left_alone_where_it_is_loaded_already() -> None:
    source = "import cfn_flip, cfngen.build; import sys; print(sys.modules['cfn_flip'] is cfn_flip)"
    assert _run(source) == "True\n"
