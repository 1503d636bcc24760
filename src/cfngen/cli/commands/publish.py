"""`cfngen publish`: templates to the bucket of templates, and links that open them in the console."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from cfngen.aws.session import Account
from cfngen.cli import session
from cfngen.cli.console import Console
from cfngen.cli.saving import save
from cfngen.cli.session import SERVICES, Services
from cfngen.deploy.publish import (
    Published,
    publish,
    quick_create_link,
    template_bucket,
    template_configuration,
)
from cfngen.deploy.request import Request, requests
from cfngen.present import FORMAT_VERSION
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment, deployment, environment

EXAMPLES = (
    "cfngen publish --env dev",
    "cfngen publish --env dev --template-configuration config  files for CodePipeline",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    session.add_arguments(parser, stacks="some")
    parser.add_argument(
        "--bucket", metavar="BUCKET", help="the bucket (default: the output TemplateBucketName of a stack)"
    )
    parser.add_argument(
        "--template-configuration",
        type=Path,
        metavar="DIR",
        help="publish nothing; write each stack's template configuration file for CodePipeline there",
    )


def run(args: argparse.Namespace, project: Project, console: Console, services: Services = SERVICES) -> int:
    """Publish every stack's template; what is there already with the same bytes is fine."""
    where = environment(project, args.env)
    asked = requests(project, where, args.stacks, without=args.without)
    values = {each.stack: _values(project, where, each, console) for each in asked}
    if args.template_configuration:
        for each in asked:
            text = template_configuration(values[each.stack], each.tags, each.entry.stack_policy)
            save(args.template_configuration / f"{each.stack}.json", text)
        return 0
    account = services.connect(where)
    bucket = args.bucket or template_bucket(account, requests(project, where))
    found = []
    for each in asked:
        done = publish(account, bucket, each)
        link = _link(account, each, done, values[each.stack])
        found.append({**asdict(done), "quick_create": link})
        if args.format == "text":
            console.data(f"{done.stack} {done.version}: {'published' if done.new else 'there already'}")
            console.data(f"  {done.url}\n  {link}")
    if args.format == "json":
        import json

        head = {"format_version": FORMAT_VERSION, "environment": where.name, "account": account.id}
        document = {**head, "region": account.region, "bucket": bucket, "stacks": found}
        console.data(json.dumps(document, indent=2, ensure_ascii=False))
    return 0


def _values(project: Project, where: Environment, request: Request, console: Console) -> dict[str, str]:
    """The deployment file's parameters, but for secrets: neither links nor files are the place for them."""
    given = deployment(project, where, request.stack).parameters
    for name in request.secret & set(given):
        console.warn(f"{request.stack}: {name} is NoEcho and left out; enter it where you use this")
    return {name: value for name, value in given.items() if name not in request.secret}


def _link(account: Account, request: Request, done: Published, values: dict[str, str]) -> str:
    return quick_create_link(
        done.url, request.stack_name, values, region=account.region, partition=account.partition
    )
