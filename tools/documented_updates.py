"""Make the tables of what AWS documents about updates of properties and the resource schemas do not say.

    npm pack @aws-cdk/cfnspec @aws-cdk/aws-service-spec
    python tools/documented_updates.py aws-cdk-cfnspec-*.tgz aws-cdk-aws-service-spec-*.tgz

Written are src/cfngen/template/change/documented_updates.json.gz, which holds the exceptions only, and
tests/template/change/documented_updates.json.gz, which holds every property down to the second level, for the
test that compares all of them. Both sources are Copyright Amazon.com, Inc. or its affiliates, Apache-2.0:
CloudFormation's resource specification (update type of each property, frozen in 2023) and the database that
AWS CDK is generated from. Left out is AWS::Serverless: a transform replaces these types before CloudFormation
compares anything. The same input gives the same bytes.

A property's word is two letters, first AWS CDK's, then the specification's: R only a new resource can have
another value, C in some cases, M updated in place, - not known there. `=` after them: the word is about the
property as a whole, and those below it have their own.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfngen.template.change.resource_types import PropertyPath, ResourceSchema, Schemas

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src" / "cfngen" / "template" / "change" / "documented_updates.json.gz"
SWEEP = ROOT / "tests" / "template" / "change" / "documented_updates.json.gz"

Words = dict[PropertyPath, str]
"""R, C or M by the property's path, in which `*` is left out."""

_CDK = {"yes": "R", "maybe": "C", "no": "M", None: "M"}
_SPECIFICATION = {"Immutable": "R", "Conditional": "C", "Mutable": "M"}
_RANKS = {"M": 0, "C": 1, "R": 2}
_LEVELS = 2


def main(specification: str, database: str) -> None:
    older = _of_specification(json.loads(_member(specification, "package/spec/specification.json")))
    newer = _of_database(json.loads(gzip.decompress(_member(database, "package/db.json.gz"))))
    types = sorted(name for name in older.keys() | newer.keys() if not name.startswith("AWS::Serverless::"))
    schemas = Schemas()
    exceptions, everything = {}, {}
    for name in types:
        words = _joined(newer.get(name, {}), older.get(name, {}))
        schema = schemas.get(name)
        if kept := dict(_exceptions(words, schema)):
            exceptions[name] = kept
        containers = _containers(words)
        everything[name] = {
            ".".join(path): word + ("=" if path in containers else "")
            for path, word in sorted(words.items())
            if len(path) <= _LEVELS
        }
    source = {
        "copyright": "Amazon.com, Inc. or its affiliates, Apache-2.0",
        "sources": [Path(database).stem, Path(specification).stem],
    }
    defaults = _defaults(json.loads(gzip.decompress(_member(database, "package/db.json.gz"))))
    _write(TARGET, {**source, "types": exceptions, "defaults": defaults})
    _write(SWEEP, {**source, "types": everything})
    count = sum(map(len, exceptions.values()))
    sys.stdout.write(f"{count} exceptions of {len(exceptions)} types, {TARGET.stat().st_size:,} bytes\n")


def _exceptions(words: Words, schema: ResourceSchema | None) -> Iterator[tuple[str, str]]:
    """What differs from the schema, or all where there is none."""
    containers = _containers(words)
    handlers = schema is not None and bool(schema.document.get("handlers"))
    for path, word in sorted(words.items()):
        shown = word
        if (
            not handlers
            and set(word) <= {"M", "-"}
            and any(_word(words, path[:end]) for end in range(1, len(path)))
        ):
            shown = "CC"  # a new value of the whole is a new resource; of this part of it, perhaps
        if schema is None or _differs(shown, path, words, schema):
            yield ".".join(path), shown + ("=" if path in containers else "")


def _containers(words: Words) -> set[PropertyPath]:
    return {path[:end] for path in words for end in range(1, len(path))}


def _word(words: Words, path: PropertyPath) -> bool:
    return bool(set(words.get(path, "")) & {"R", "C"})


def _differs(word: str, path: PropertyPath, words: Words, schema: ResourceSchema) -> bool:
    said, owner = _schema_word(path, schema)
    if owner != path and _word(words, owner):
        return False  # both say so of what it is a part of
    known = [_RANKS[letter] for letter in word if letter != "-"]
    return max(known) > _RANKS[said] or (said == "R" and known[0] < _RANKS[said])


def _schema_word(path: PropertyPath, schema: ResourceSchema) -> tuple[str, PropertyPath]:
    for letter, fixed in (("R", schema.create_only), ("C", schema.conditional_create_only)):
        for candidate in fixed:
            names = tuple(name for name in candidate if name != "*")
            if path[: len(names)] == names:
                return letter, names
    return "M", path


def _joined(newer: Words, older: Words) -> dict[PropertyPath, str]:
    return {path: newer.get(path, "-") + older.get(path, "-") for path in newer.keys() | older.keys()}


def _of_database(database: dict[str, Any]) -> dict[str, Words]:
    tables = database["schema"]
    definitions = {entity["$id"]: entity["properties"] for entity in tables["typeDefinition"]["entities"]}

    def walk(properties: dict[str, Any], above: PropertyPath, inside: frozenset[str], words: Words) -> Words:
        for name, definition in properties.items():
            path = (*above, name)
            words[path] = _CDK[definition.get("causesReplacement")]
            for reference in _references(definition["type"]):
                if reference not in inside:
                    walk(definitions[reference], path, inside | {reference}, words)
        return words

    return {
        entity["cloudFormationType"]: walk(entity["properties"], (), frozenset(), {})
        for entity in tables["resource"]["entities"]
    }


_DEFAULT = re.compile(
    r"[Dd]efault(?:s to|s? value is|s? is|:)"
    r"\s*`?(true|false|True|False|[A-Za-z0-9_./-]*[A-Za-z0-9_/])`?(?![\w`-])"
)
_WORDS = frozenset(
    (
        "a",
        "an",
        "the",
        "to",
        "one",
        "set",
        "that",
        "this",
        "your",
        "all",
        "no",
        "not",
        "for",
        "in",
        "if",
        "system",
    )
)
"""What follows "the default is" where a sentence goes on instead of a value."""


def _defaults(database: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The documented default of each top-level property whose new value can replace the resource."""
    types: dict[str, dict[str, str]] = {}
    for entity in database["schema"]["resource"]["entities"]:
        name = entity["cloudFormationType"]
        for key, definition in entity["properties"].items():
            match = _DEFAULT.search(definition.get("documentation", ""))
            plain = definition["type"]["type"] in {"string", "boolean", "integer", "number"}
            if not match or not plain or definition.get("causesReplacement") not in {"yes", "maybe"}:
                continue
            value = match.group(1).lower() if match.group(1) in {"True", "False"} else match.group(1)
            if value.lower() not in _WORDS and not name.startswith("AWS::Serverless::"):
                types.setdefault(name, {})[key] = value
    return types


def _references(kind: dict[str, Any]) -> Iterator[str]:
    if kind["type"] == "ref":
        yield kind["reference"]["$ref"]
    for inner in (kind.get("element"), *kind.get("types", ())):
        if inner:
            yield from _references(inner)


def _of_specification(specification: dict[str, Any]) -> dict[str, Words]:
    definitions = specification["PropertyTypes"]

    def walk(
        resource: str, properties: dict[str, Any], above: PropertyPath, inside: frozenset[str], words: Words
    ) -> Words:
        for name, definition in properties.items():
            path = (*above, name)
            words[path] = _SPECIFICATION[definition.get("UpdateType", "Mutable")]
            kind = definition.get("ItemType") or definition.get("Type") or ""
            reference = next((key for key in (f"{resource}.{kind}", kind) if key in definitions), "")
            if reference and reference not in inside:
                below = definitions[reference].get("Properties", {})
                walk(resource, below, path, inside | {reference}, words)
        return words

    return {
        name: walk(name, definition.get("Properties", {}), (), frozenset(), {})
        for name, definition in specification["ResourceTypes"].items()
    }


def _member(archive: str, name: str) -> bytes:
    with tarfile.open(archive) as package:
        stream = package.extractfile(name)
        if stream is None:
            raise SystemExit(f"{archive} does not hold {name}")
        return stream.read()


def _write(path: Path, document: dict[str, Any]) -> None:
    content = json.dumps(document, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(content.encode(), mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
