"""The tables of documented updates: made from both archives, exceptions apart, the same bytes each time."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tools import documented_updates

SPECIFICATION = {
    "PropertyTypes": {"AWS::FSx::FileSystem.Windows": {"Properties": {"Kind": {"UpdateType": "Immutable"}}}},
    "ResourceTypes": {
        "AWS::SNS::Topic": {
            "Properties": {"TopicName": {"UpdateType": "Immutable"}, "Tags": {"UpdateType": "Mutable"}}
        },
        "AWS::FSx::FileSystem": {
            "Properties": {"WindowsConfiguration": {"UpdateType": "Mutable", "Type": "Windows"}}
        },
        "AWS::Gone::Type": {"Properties": {"Name": {"UpdateType": "Conditional"}}},
    },
}
DATABASE = {
    "schema": {
        "typeDefinition": {"entities": []},
        "resource": {
            "entities": [
                {
                    "cloudFormationType": "AWS::SNS::Topic",
                    "properties": {
                        "TopicName": {"type": {"type": "string"}, "causesReplacement": "yes"},
                        "FifoTopic": {
                            "type": {"type": "boolean"},
                            "causesReplacement": "yes",
                            "documentation": "The default is `False`.",
                        },
                    },
                },
                {
                    "cloudFormationType": "AWS::Serverless::Api",
                    "properties": {"Name": {"type": {"type": "string"}}},
                },
            ]
        },
    }
}


def archive(path: Path, name: str, content: bytes) -> str:
    with tarfile.open(path, "w:gz") as package:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        package.addfile(member, io.BytesIO(content))
    return str(path)


def test_exceptions_and_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = archive(
        tmp_path / "old.tgz", "package/spec/specification.json", json.dumps(SPECIFICATION).encode()
    )
    newer = archive(tmp_path / "new.tgz", "package/db.json.gz", gzip.compress(json.dumps(DATABASE).encode()))
    monkeypatch.setattr(documented_updates, "TARGET", tmp_path / "exceptions.gz")
    monkeypatch.setattr(documented_updates, "SWEEP", tmp_path / "everything.gz")
    documented_updates.main(older, newer)
    first = (tmp_path / "exceptions.gz").read_bytes()
    documented_updates.main(older, newer)
    assert (tmp_path / "exceptions.gz").read_bytes() == first
    exceptions: dict[str, Any] = json.loads(gzip.decompress(first))
    # What the schema of a topic says already is left out; a type without a schema is kept in full.
    assert exceptions["types"] == {
        "AWS::FSx::FileSystem": {"WindowsConfiguration.Kind": "-R"},
        "AWS::Gone::Type": {"Name": "-C"},
    }
    assert exceptions["defaults"] == {"AWS::SNS::Topic": {"FifoTopic": "false"}}
    everything = json.loads(gzip.decompress((tmp_path / "everything.gz").read_bytes()))["types"]
    assert everything["AWS::SNS::Topic"] == {"FifoTopic": "R-", "Tags": "-M", "TopicName": "RR"}
    assert "AWS::Serverless::Api" not in everything
