"""What the checks of `cfngen verify` say: each sentence as its code builds it, `{}` for what differs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import cfngen.verify

PACKAGE = Path(cfngen.verify.__file__).parent
VERDICTS = {"holds": (0, 1), "fails": (0, 1), "not_yet": (0, 2), "cannot_tell": (0, 1), "Claim": (2, 3)}
"""Which arguments of a verdict, or of a claim, are sentences."""

Scope = Mapping[str, ast.expr]
"""What the names were set to before; each is looked up once."""


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence with the file that says it; a hole is `{}`. What is not built there is left out."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for sentence in _of_function(function):
                if sentence.strip("{} ;,"):
                    yield sentence, path.relative_to(PACKAGE).as_posix()


def _of_function(function: ast.FunctionDef) -> Iterator[str]:
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    assigned.sort(key=lambda node: node.lineno)
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in VERDICTS:
            scope = {
                target.id: node.value
                for node in assigned
                if node.lineno < call.lineno
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for argument in call.args[slice(*VERDICTS[call.func.id])]:
                yield from built(argument, scope)


def built(node: ast.expr, scope: Scope) -> list[str]:
    """Every text that an expression can be, with `{}` for what is not known."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return _joined([built(value, scope) for value in values])
        case ast.FormattedValue(value=value):
            return built(value, scope)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([built(left, scope), built(right, scope)])
        case ast.IfExp(body=body, orelse=other):
            return [*built(body, scope), *built(other, scope)]
        case ast.Name(id=name) if name in scope:
            return built(scope[name], {key: value for key, value in scope.items() if key != name})
    return ["{}"]


def _joined(parts: list[list[str]]) -> list[str]:
    return ["".join(each) for each in product(*parts)]


def reasons() -> Iterator[tuple[str, str]]:
    """Why a digest or a log file counts for nothing, with the file that says it."""
    package = PACKAGE.parent
    for path in (*sorted((package / "trail").glob("*.py")), package / "activity" / "records.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="BrokenFileError"), args=[said, *_]):
                    texts = built(said, {})
                case ast.Tuple(elts=[ast.Constant(value="invalid" | "unchecked"), said]):
                    texts = built(said, {})
                case _:
                    continue
            for text in texts:
                if text != "{}":
                    yield text, path.name


def constants(source: Path) -> Iterator[str]:
    """Every text that is written in a file, or in the files of a folder."""
    for path in sorted(source.rglob("*.py")) if source.is_dir() else [source]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
