"""Both languages of the page, in one place: English sentences, and beside each what Vietnamese says.

The page's own words are in the files of `vi/` here, one a part of the page. What a project's stacks say
(descriptions, labels, claims) is translated by the project's own `translations/vi.yaml`, in the same form.

    Stacks: Các stack
    "{count} claims hold": "{count} claim đúng"

A sentence that somebody else has filled in already, as the evidence of a claim, is found by the sentence with
the holes: "12 claims hold" is the second one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfngen import files
from cfngen.errors import CfngenError
from cfngen.project import Project

LANGUAGES: Final = ("en", "vi")
FOLDER: Final = "translations"

_HOLE: Final = re.compile(r"\{(\w+)\}")
_MAX_BYTES: Final = 4 * files.MEBIBYTE


class Text(NamedTuple):
    """A sentence of the page, to be said in the language of the page.

    Attributes:
        sentence: in English, with `{holes}`.
        values: what goes into them.
    """

    sentence: str
    values: Mapping[str, Any]


def text(sentence: str, **values: Any) -> Text:
    """A sentence for the page. The sentence is written here as it is: a test collects them.

    >>> text("{count} stacks", count=2)
    Text(sentence='{count} stacks', values={'count': 2})
    """
    return Text(sentence, values)


def plural(count: int, one: str, many: str, **values: Any) -> Text:
    """One of two sentences, which have `{count}`.

    >>> plural(1, "{count} stack", "{count} stacks").sentence
    '{count} stack'
    """
    return Text(one if count == 1 else many, {**values, "count": f"{count:,}"})


class Said(NamedTuple):
    """A sentence in the language that it could be said in.

    Attributes:
        words: the sentence.
        language: the page's, or `en` where nobody has translated it.
    """

    words: str
    language: str


@dataclass(frozen=True)
class PageLanguage:
    """One language of the page.

    Attributes:
        language: its code.
        known: what an English sentence is in it; empty for English.
    """

    language: str = "en"
    known: Mapping[str, str] = field(default_factory=dict)

    def say(self, sentence: str | Text) -> Said:
        """A sentence in this language; in English where it has no translation.

        >>> PageLanguage("vi", {"{n} stacks": "{n} stack"}).say(text("{n} stacks", n=3))
        Said(words='3 stack', language='vi')
        >>> PageLanguage("vi", {"{n} of {m} hold": "{m} có {n} đúng"}).say("3 of 4 hold")
        Said(words='4 có 3 đúng', language='vi')
        """
        values: Mapping[str, Any] = {}
        if isinstance(sentence, Text):
            sentence, values = sentence
        spoken = {name: self._inner(value) for name, value in values.items()}
        if self.language == "en":
            return Said(_filled(sentence, spoken), "en")
        translated = self.known.get(sentence)
        if translated is None and not values:
            translated, found = self._matched(sentence)
            spoken = {name: self._part(value) for name, value in found.items()}
        if translated is None:
            return Said(_filled(sentence, spoken), "en" if sentence.strip() else self.language)
        return Said(_filled(translated, spoken), self.language)

    def _inner(self, value: Any) -> Any:
        return self.say(value).words if isinstance(value, Text) else self.known.get(value, value)

    def _part(self, value: str) -> str:
        """What stands in a hole of a sentence that somebody else filled: it may be a sentence itself."""
        return self.say(value).words if " " in value else self.known.get(value, value)

    def _matched(self, sentence: str) -> tuple[str | None, Mapping[str, str]]:
        start = sentence.partition(" ")[0]
        for pattern, translated in (*self._patterns.get(start, ()), *self._patterns.get("", ())):
            found = pattern.fullmatch(sentence)
            if found:
                return translated, found.groupdict()
        return None, {}

    @cached_property
    def _patterns(self) -> dict[str, list[tuple[re.Pattern[str], str]]]:
        """The sentences with holes by their first word, empty where that has a hole."""
        found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        # Of two that fit, the one with more words of its own says more.
        for sentence in sorted(self.known, key=lambda each: -len(_HOLE.sub("", each))):
            if _HOLE.search(sentence):
                first = sentence.partition(" ")[0]
                key = "" if _HOLE.search(first) else first
                found.setdefault(key, []).append((pattern(sentence), self.known[sentence]))
        return found


def pattern(sentence: str) -> re.Pattern[str]:
    """What finds a sentence whose holes are filled.

    >>> pattern("{n} of {n}").fullmatch("3 of 3")["n"]
    '3'
    """
    written, names = "", set()
    for index, part in enumerate(_HOLE.split(sentence)):
        if index % 2 == 0:
            written += re.escape(part)
        elif part in names:
            written += f"(?P={part})"
        else:
            names.add(part)
            written += f"(?P<{part}>.+?)"
    return re.compile(written, re.DOTALL)


def holes(sentence: str) -> list[str]:
    """The names of the holes, in order.

    >>> holes("{n} of {total}")
    ['n', 'total']
    """
    return _HOLE.findall(sentence)


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence with its holes filled; braces that are not a hole stay."""
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), sentence)


def words(project: Project, language: str) -> PageLanguage:
    """The language, with what the project says in it.

    Raises:
        CfngenError: a file of translations is broken.
    """
    if language == "en":
        return PageLanguage()
    path = project.root / FOLDER / f"{language}.yaml"
    return PageLanguage(language, {**of_page(language), **_of_project(path, project.relative(path))})


def of_page(language: str) -> dict[str, str]:
    """The page's own words by the English ones."""
    found: dict[str, str] = {}
    for file in sorted((resources(__package__) / language).iterdir(), key=lambda file: file.name):
        found |= table(file.read_text(encoding="utf-8"), file.name)
    return found


def _of_project(path: Path, name: str) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        content = files.read(path, _MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CfngenError(f"cannot be read: {error}", place=name, remedy="write it in UTF-8") from error
    return table(content, name)


def table(content: str, name: str) -> dict[str, str]:
    """Sentences by the English ones.

    Raises:
        CfngenError: not a mapping of text to text, or a translation with other holes than its sentence.
    """
    import yaml

    try:
        entries = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is safe
    except yaml.YAMLError as error:
        problem = str(error).replace("\n", " ")
        raise CfngenError(
            f"not YAML: {problem}", place=name, remedy="write 'English: translation'"
        ) from error
    entries = {} if entries is None else entries
    if not isinstance(entries, dict):
        raise CfngenError("is not a mapping", place=name, remedy="write 'English: translation'")
    for sentence, translated in entries.items():
        if not isinstance(sentence, str) or not isinstance(translated, str):
            raise CfngenError(
                f"{sentence!r} or its translation is not text", place=name, remedy="put it into quotes"
            )
        if set(holes(sentence)) != set(holes(translated)):
            raise CfngenError(
                f"{sentence!r} and its translation have other holes",
                place=name,
                remedy="write the same names in braces in both",
            )
    return entries
