"""How long a diff of two large templates takes: `diff_large.py [PAIRS] [RESOURCES]`.

In times of parsing both. Every resource differs: a description, an action of a policy, the order of its tags;
and a parameter default that all names use has changed. Pairs in one process, the median of their ratios.
Prints JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from statistics import median

from cfngen.template.change.compare import compare
from cfngen.template.change.resource_types import Schemas
from cfngen.template.load import load

ROLE = """\
  Role{n}:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub '${{Project}}-role-{n}'
      Description: Role {n} of the {word} template
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Service: ec2.amazonaws.com
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - !Sub arn:${{AWS::Partition}}:iam::aws:policy/AmazonS3ReadOnlyAccess
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action:
                  - s3:GetObject
                  - s3:{action}
                Resource: !Sub arn:${{AWS::Partition}}:s3:::bucket-{n}/*
      Tags:
        - Key: {first}
          Value: !Ref Project
        - Key: {second}
          Value: !Ref Project
"""


def template(count: int, word: str, action: str, first: str, second: str) -> bytes:
    head = f"Parameters:\n  Project:\n    Type: String\n    Default: {word}\nResources:\n"
    roles = (ROLE.format(n=n, word=word, action=action, first=first, second=second) for n in range(count))
    return (head + "".join(roles)).encode()


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def main(pairs: int = 7, count: int = 500) -> None:
    old = template(count, "old", "PutObject", "Project", "Team")
    new = template(count, "new", "DeleteObject", "Team", "Project")
    before, after = load(old, "old").data, load(new, "new").data
    found = compare(before, after)
    parses, diffs = [], []
    for _ in range(pairs):
        parses.append(seconds(lambda: (load(old, "old"), load(new, "new"))))
        diffs.append(seconds(lambda: compare(before, after, Schemas())))
    figures = {
        "resources": count,
        "bytes": len(old),
        "changes": len(found.judgements),
        "permissions": len(found.permissions),
        "parse_both_ms": round(1000 * median(parses), 1),
        "diff_ms": round(1000 * median(diffs), 1),
        "ratio": round(median(diff / parse for diff, parse in zip(diffs, parses, strict=True)), 2),
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
