"""translations/vi.yaml says all that the stacks of this repository put on the page, and nothing else."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from cfngen.project import Project
from cfngen.report.words import PageLanguage, holes, pattern, table, words
from cfngen.template.load import load
from tests.support.activity import make_desk
from tests.support.projects import ROOT

FILE = ROOT / "translations" / "vi.yaml"


def _version(path: Path) -> tuple[int, ...]:
    return tuple(map(int, path.name.removesuffix(".claims.json").split(".")))


@cache
def said() -> frozenset[str]:
    """The sentences: descriptions of stacks, claims, questions to the trail and what their answers are of.

    The claims of each newest release, too: the page tells what changed since.
    """
    found = set()
    stacks = (ROOT / "out" / "releases").iterdir()
    newest = (sorted(each.glob("*.claims.json"), key=_version)[-1:] for each in stacks)
    for path in (*(ROOT / "out").glob("*.claims.json"), *chain.from_iterable(newest)):
        document = json.loads(path.read_text(encoding="utf-8"))
        found |= {str(claim["says"]) for claim in document["claims"].values()}
    for path in sorted((ROOT / "out").glob("*.yaml")):
        found.add(str(load(path.read_bytes(), path.name).data["Description"]))
    with TemporaryDirectory() as folder:
        desk = make_desk(Path(folder))
        for question in desk.json()["questions"]:
            found |= {str(question["description"]), *map(str, question["columns"])}
    return frozenset(found)


def parts(sentence: str, known: PageLanguage) -> set[str]:
    """The sentences of the file that one sentence is said with; empty where it has none."""
    if sentence in known.known:
        return {sentence}
    translated = known.say(sentence)
    if translated.language == "en":
        return set()
    best = max(
        (each for each in known.known if holes(each) and pattern(each).fullmatch(sentence)),
        key=lambda each: len(re.sub(r"\{\w+\}", "", each)),
    )
    match = pattern(best).fullmatch(sentence)
    assert match
    return {best, *(value for name, value in match.groupdict().items() if name not in {"resource", "days"})}


def test_every_sentence_of_the_stacks_is_translated_whole() -> None:
    vietnamese = words(Project(ROOT), "vi")
    for sentence in said():
        used = parts(sentence, vietnamese)
        assert used, f"translate it in translations/vi.yaml: {sentence}"
        assert used <= vietnamese.known.keys(), f"a part is not translated: {used - vietnamese.known.keys()}"


def test_every_translation_is_used() -> None:
    vietnamese = words(Project(ROOT), "vi")
    own = table(FILE.read_text(encoding="utf-8"), FILE.name)
    used = set().union(*(parts(sentence, vietnamese) for sentence in said()))
    assert not own.keys() - used, "nothing says these any longer"


def test_a_missing_translation_is_found() -> None:
    vietnamese = words(Project(ROOT), "vi")
    less = PageLanguage("vi", {key: value for key, value in vietnamese.known.items() if key != "reads data"})
    assert parts("SageMakerRole: reads data: allowed", vietnamese) <= vietnamese.known.keys()
    assert not parts("SageMakerRole: reads data: allowed", less) <= less.known.keys()
    assert parts("nobody has said this", less) == set()
