"""The words of the report and of docs/, in both languages: one place for both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Entry:
    """One word.

    Attributes:
        term: in English.
        vi: in Vietnamese; AWS's own nouns are the same.
        en_means: what it is.
        vi_means: the same in Vietnamese.
        avoid: Vietnamese words for the same that are not used.
    """

    term: str
    vi: str
    en_means: str
    vi_means: str
    avoid: tuple[str, ...] = ()

    def called(self, language: str) -> str:
        """The word in a language."""
        return self.vi if language == "vi" else self.term

    def means(self, language: str) -> str:
        """What it is, in a language."""
        return self.vi_means if language == "vi" else self.en_means


@cache
def glossary() -> tuple[Entry, ...]:
    """All words, by the English term."""
    import yaml

    entries = yaml.safe_load((files(__package__) / "glossary.yaml").read_text(encoding="utf-8"))
    return tuple(Entry(**{**each, "avoid": tuple(each["avoid"])}) for each in entries)
