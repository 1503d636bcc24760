"""troposphere without the YAML library, until somebody wants it."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.projects import UNMEASURED


def _run(source: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, **UNMEASURED},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_importing_the_package_loads_no_yaml() -> None:
    source = "import sys, cfngen.define.stack; print('yaml' in sys.modules, 'troposphere' in sys.modules)"
    assert _run(source) == "False True\n"


def test_a_serverless_definition_has_the_real_globals() -> None:
    source = (
        "import cfngen.define.stack\n"
        "from troposphere.serverless import FunctionGlobals, Globals\n"
        "print(Globals(Function=FunctionGlobals(Timeout=3)).to_dict())\n"
    )
    assert _run(source) == "{'Function': {'Timeout': 3}}\n"


def test_the_standard_library_is_left_alone() -> None:
    source = "import inspect, cfngen.define.iam; import sys; print(sys.modules['inspect'] is inspect)\n"
    assert _run(source) == "True\n"


def test_to_yaml_of_troposphere_still_works() -> None:
    source = (
        "from cfngen.define.stack import Stack\n"
        "from troposphere.sns import Topic\n"
        "stack = Stack('d')\n"
        "stack.add(Topic('T'))\n"
        "print('AWS::SNS::Topic' in stack.template.to_yaml())\n"
    )
    assert _run(source) == "True\n"


def test_the_real_module_is_left_alone_where_it_is_loaded_already() -> None:
    source = "import cfn_flip, cfngen.define; import sys; print(sys.modules['cfn_flip'] is cfn_flip)"
    assert _run(source) == "True\n"
