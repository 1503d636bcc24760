"""Write what takes the roles of a deployed stack delivery-pipeline 1.x to stack delivery-roles.

python tools/split_pipeline.py --env dev --account 111122223333

docs/upgrading.md tells in which order the files of reports/split/ are used. CloudFormation's own refactoring
of stacks refuses those that have a stack policy, and ours have one:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
"""

from __future__ import annotations

import argparse
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from cfngen.project import Project
from cfngen.template.environment.deployment_file import deployment, environment
from cfngen.template.load import load

ROOT = Path(__file__).resolve().parents[1]
OLD, NEW = "delivery-pipeline", "delivery-roles"
MOVED = ("Boundary", "ExecutionRole", "WatchPolicy", "StorePolicy", "EmpowerPolicy")
ANY_UPDATE = {
    "Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}],
}


def retained(old: dict[str, Any]) -> dict[str, Any]:
    """The old template, which keeps what is to move when it leaves the stack."""
    template = deepcopy(old)
    for name in MOVED:
        template["Resources"][name]["DeletionPolicy"] = "Retain"
    return template


def without(old: dict[str, Any]) -> dict[str, Any]:
    """The old template without what moves: what refers to it does so by name."""
    template = _by_name(deepcopy(old), old, set(MOVED))
    for name in MOVED:
        del template["Resources"][name]
    del template["Outputs"]["ExecutionRoleArn"]
    return dict(template)


def imported(old: dict[str, Any]) -> dict[str, Any]:
    """What moves, as it is: an import changes nothing, and takes no outputs."""
    others = old["Resources"].keys() - set(MOVED)
    kept = retained(old)
    resources = {name: kept["Resources"][name] for name in MOVED}
    parts = ("AWSTemplateFormatVersion", "Parameters", "Conditions")
    return {
        **{part: kept[part] for part in parts if part in kept},
        "Resources": _by_name(resources, old, others),
    }


def to_import(old: dict[str, Any], values: dict[str, str], account: str) -> list[dict[str, Any]]:
    """Which resource of the account each of them is, as ResourcesToImport."""
    prefix = f"{values['Project']}-{values['Environment']}"
    found = []
    for name in MOVED:
        resource = old["Resources"][name]
        properties = resource["Properties"]
        text = (properties.get("RoleName") or properties["ManagedPolicyName"])["Fn::Sub"]
        named = text.replace("${Project}-${Environment}", prefix)
        identifier = (
            {"RoleName": named}
            if resource["Type"] == "AWS::IAM::Role"
            else {"PolicyArn": f"arn:aws:iam::{account}:policy/{named}"}
        )
        found.append(
            {"LogicalResourceId": name, "ResourceType": resource["Type"], "ResourceIdentifier": identifier}
        )
    return found


def _by_name(node: Any, old: dict[str, Any], gone: set[str]) -> Any:
    """`Fn::GetAtt: [X, Arn]` of what is not in the stack, as the ARN that its name makes."""
    if isinstance(node, list):
        return [_by_name(item, old, gone) for item in node]
    if not isinstance(node, dict):
        return node
    match node.get("Fn::GetAtt"):
        case [str(name), "Arn"] if name in gone and len(node) == 1:
            properties = old["Resources"][name]["Properties"]
            bucket = properties.get("BucketName")
            arn = "s3:::" if bucket else "iam::${AWS::AccountId}:role/"
            return {
                "Fn::Sub": [
                    f"arn:${{AWS::Partition}}:{arn}${{Name}}",
                    {"Name": bucket or properties["RoleName"]},
                ]
            }
    return {key: _by_name(value, old, gone) for key, value in node.items()}


def files(env: str, account: str) -> dict[str, Any]:
    """Every file by its name."""
    project = Project(ROOT)
    old = load((project.releases / OLD / "1.0.0.yaml").read_bytes(), OLD).data
    where = environment(project, env)
    given = {**deployment(project, where, NEW).parameters, **deployment(project, where, OLD).parameters}
    values = {name: value for name, value in given.items() if name in old["Parameters"]}
    return {
        "retained.json": retained(old),
        "without.json": without(old),
        "import.json": imported(old),
        "resources.json": to_import(old, values, account),
        "parameters.json": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in values.items()
        ],
        "stack-policy.json": ANY_UPDATE,
    }


def main() -> None:
    """Write them to reports/split/."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--env", required=True, help="a folder of deployments/")
    parser.add_argument("--account", required=True, help="the id of the account")
    args = parser.parse_args()
    folder = ROOT / "reports" / "split"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files(args.env, args.account).items():
        # Compact: CloudFormation takes 51,200 bytes.
        (folder / name).write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
        print(f"wrote reports/split/{name}")


if __name__ == "__main__":
    main()
