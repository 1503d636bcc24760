"""A page as HTML: one file that asks nothing of anybody else."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files as resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from cfngen.present.visible import seen
from cfngen.report.page import Page
from cfngen.report.words import Text, Words, plural, text

PARTS: Final = {
    "overview": text("Overview"),
}
"""The parts in their order: the name of the template, and of the section's anchor, and its heading."""


def html(page: Page, words: Words) -> str:
    """The page.

    Arguments:
        words: the language.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cfngen.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    saying = _Saying(words)
    environment.globals |= {
        "_": saying.markup,
        "plain": saying.plain,
        "plural": plural,
        "language": words.language,
        "parts": PARTS,
    }
    environment.filters["slug"] = slug
    style, script = _file("page.css"), _file("page.js")
    return environment.get_template("page.html.j2").render(
        page=page,
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - a file of this package
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src {_hash(style)}",
                f"script-src {_hash(script)}",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )


class _Saying:
    """The language, as the templates use it."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def markup(self, sentence: str | Text, **values: Any) -> Markup:
        """A sentence, marked as English where the page's language does not have it."""
        said = self._words.say(Text(sentence, values) if values and isinstance(sentence, str) else sentence)
        if said.language == self._words.language:
            return Markup.escape(seen(said.words))
        return Markup('<span lang="{}">{}</span>').format(said.language, seen(said.words))

    def plain(self, sentence: str | Text, **values: Any) -> str:
        """The same for an attribute."""
        return self._words.say(
            Text(sentence, values) if values and isinstance(sentence, str) else sentence
        ).words


def slug(name: str) -> str:
    """A name as a part of an id: the same for the same name, without what an id cannot hold.

    >>> slug("audit-trail/Log group"), slug("<b>")
    ('audit-trail_2fLog_20group', '_3cb_3e')
    """
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign == "-" else f"_{ord(sign):x}" for sign in name
    )


def _shown(value: Any) -> Any:
    """What a template puts out: characters that cannot be seen, or that turn the line, as escapes."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else seen(str(value))


def _file(name: str) -> str:
    return (resources("cfngen.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """https://www.w3.org/TR/CSP3/#grammardef-hash-source"""
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
