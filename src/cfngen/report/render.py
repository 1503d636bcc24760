"""A page as HTML: one file that asks nothing of anybody else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files as resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from cfngen.present.activity.wording import shortened
from cfngen.present.cost import dollars
from cfngen.present.cost import plain as plain_number
from cfngen.present.differences.wording import label, shown_values, subject, value_text
from cfngen.present.layout.page import Value
from cfngen.present.visible import seen
from cfngen.report.compiled import compiled
from cfngen.report.graph.svg import ARROW, svg
from cfngen.report.graph.svg import STYLE as GRAPH_STYLE
from cfngen.report.page import ReportPage
from cfngen.report.parts.permission import sentences
from cfngen.report.words import PageLanguage, Text, plural, text
from cfngen.report.words.glossary import glossary

PARTS: Final = {
    "overview": text("Overview"),
    "architecture": text("Architecture"),
    "access": text("Access"),
    "evidence": text("Evidence"),
    "activity": text("Activity"),
    "cost": text("Cost"),
    "changes": text("Changes"),
    "limits": text("Limits"),
    "glossary": text("Glossary"),
}
"""The parts in their order: the name of the template, and of the section's anchor, and its heading."""


_READ_OUT: Final = {
    "none": text("not verified"),
    "holds": text("holds"),
    "does-not-hold": text("does not hold"),
    "not-yet": text("not yet"),
    "cannot-tell": text("cannot tell"),
    "shown": text("shown"),
    "partly": text("shown in part"),
    "watched": text("AWS Config watches it, its result is not known"),
    "missing": text("not so"),
    "contradicted": text("the template sets it, and the account does not have it"),
    "allowed": text("allowed"),
    "conditional": text("allowed under conditions"),
    "depends": text("it depends"),
}
"""What is read out for a mark that no words stand beside, by its class."""


def html(page: ReportPage, words: PageLanguage) -> str:
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
        optimized=False,  # constants are few: to look for them takes longer
        bytecode_cache=compiled(__file__),
    )
    saying = _Saying(words)
    leads = {stack.stack: f"s-{slug(stack.stack)}" for stack in page.architecture.stacks}
    leads |= {thing.id: f"t-{slug(thing.id)}" for stack in page.architecture.stacks for thing in stack.things}
    environment.globals |= {
        "_": saying.markup,
        "say": lambda sentence: words.say(sentence).words,
        "draw": lambda picture: Markup(svg(picture, words.known, leads)),  # noqa: S704 - it escapes
        "arrow": Markup(ARROW),  # noqa: S704 - a constant
        "dollars": dollars,
        "number": plain_number,
        "label": label,
        "subject": subject,
        "permission": sentences,
        "values": lambda item: [_line(value, words) for value in shown_values(item.change.causes)],
        "anchors": page.anchors,
        "outcomes": {
            claim["id"]: claim["outcome"] for claim in (page.results.verify or {"claims": ()})["claims"]
        },
        "plain": saying.plain,
        "plural": plural,
        "language": words.language,
        "parts": PARTS,
        "glossary": glossary(),
    }
    environment.filters["said"] = lambda sentence: words.say(sentence).words
    environment.filters["slug"] = slug
    environment.filters["shortened"] = shortened
    style, script = _compact(_file("page.css") + GRAPH_STYLE + _read_out(words)), _compact(_file("page.js"))
    drawn = environment.get_template("page.html.j2").render(
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
    return _compact(drawn)


def _read_out(words: PageLanguage) -> str:
    """The words of the marks as the style has them: https://www.w3.org/TR/css-content-3/#alt"""
    said = ((mark, _quoted(f"{words.say(sentence).words}: ")) for mark, sentence in _READ_OUT.items())
    return f":root{{{''.join(f'--say-{mark}:{text};' for mark, text in said)}}}"


def _quoted(words: str) -> str:
    r"""A string of CSS: https://www.w3.org/TR/css-syntax-3/#escaping

    >>> _quoted('a "b')
    '"a \\22 b"'
    """
    signs = (sign if sign.isalnum() or sign in " :," else f"\\{ord(sign):x} " for sign in words)
    return f'"{"".join(signs)}"'


def _compact(drawn: str) -> str:
    """The same page in fewer bytes: quotes in text need no escape, and lines need no indentation.

    >>> _compact('<a title="&#34;">&#34;it&#39;s&#34; &lt;</a>\\n\\n  <b>')
    '<a title="&#34;">"it\\'s" &lt;</a>\\n<b>'
    """
    lines = re.sub(r"\n\s+", "\n", drawn)
    return re.sub(r">[^<>]+<", lambda text: text[0].replace("&#34;", '"').replace("&#39;", "'"), lines)


class _Saying:
    """The language, as the templates use it."""

    def __init__(self, words: PageLanguage) -> None:
        self._words = words
        self._known: dict[str, Markup] = {}

    def markup(self, sentence: str | Text, **values: Any) -> Markup:
        """A sentence, marked as English where the page's language does not have it."""
        if values or not isinstance(sentence, str):
            return self._markup(sentence, values)
        if sentence not in self._known:
            self._known[sentence] = self._markup(sentence, values)
        return self._known[sentence]

    def _markup(self, sentence: str | Text, values: Mapping[str, Any]) -> Markup:
        said = self._words.say(Text(sentence, values) if values and isinstance(sentence, str) else sentence)
        if said.language == self._words.language:
            return Markup.escape(seen(said.words))
        return Markup('<span lang="{}">{}</span>').format(said.language, seen(said.words))

    def plain(self, sentence: str | Text, **values: Any) -> str:
        """The same for an attribute."""
        return self._words.say(
            Text(sentence, values) if values and isinstance(sentence, str) else sentence
        ).words


def _line(value: Value, words: PageLanguage) -> str:
    """A line about a value: a note has words of ours, the rest is the template's."""
    return value_text(value._replace(note=words.say(value.note).words) if value.note else value)


def slug(name: str) -> str:
    """A name as a part of an id: the same for the same name, without what an id cannot hold.

    >>> slug("audit-trail/Log group"), slug("<b>")
    ('audit-trail/Log_20group', '_3cb_3e')
    """
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign in "-/" else f"_{ord(sign):x}" for sign in name
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
