"""A secret is hidden in whatever form it comes back."""

from __future__ import annotations

import base64
import html
import json
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
import yaml

from cfngen.present.secrets import Secrets
from tests.support.nasty import SECRETS

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON, not ASCII": lambda value: json.dumps(value, ensure_ascii=False),
    "JSON in JSON": lambda value: json.dumps(json.dumps({"a": value})),
    "URL": lambda value: quote(value, safe=""),
    "URL path": quote,
    "form": quote_plus,
    "XML": escape,
    "HTML": html.escape,
    "repr": repr,
    "one line": lambda value: " ".join(value.split()),
    "indented": lambda value: textwrap.indent(value, "      "),
    "YAML": lambda value: yaml.safe_dump({"a": value}),
    "YAML, wide": lambda value: yaml.safe_dump({"a": value}, width=100_000, allow_unicode=True),
    "Base64": lambda value: base64.b64encode(value.encode()).decode(),
    "cut": lambda value: value.strip()[:160] + "...",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize("name", SECRETS)
def test_no_form_of_a_secret_is_shown(name: str, form: Callable[[str], str]) -> None:
    value = SECRETS[name]
    shown = Secrets((value,)).hide(f"Value at 'entry' [{form(value)}] failed")
    assert "****" in shown
    letters = [word for word in "".join(c if c.isalnum() else " " for c in value).split() if len(word) > 4]
    assert not [word for word in letters if word in shown], shown
    assert shown.startswith("Value at 'entry' [")


def test_json_that_was_formatted_anew_is_hidden_member_by_member() -> None:
    value = SECRETS["Json"]
    secrets = Secrets((value,))
    assert secrets.hide(json.dumps(json.loads(value), indent=2)) == "****"
    assert secrets.hide("host db-7.internal.test") == "host ****"


def test_other_text_stays() -> None:
    text = "version 1.0.0 of role q7xy in eu-west-1, q7x.example, it's first"
    assert Secrets(tuple(SECRETS.values())).hide(text) == text


def test_json_stays_json_whatever_is_secret() -> None:
    secrets = Secrets(("1", "true", '"', "a", "null"))
    document = {"size": 1, "on": True, "a": ['"', None, "1"], "text": "a 1"}
    assert json.loads(secrets.json(document)) == {
        "size": 1,
        "on": True,
        "****": ["****", None, "****"],
        "text": "**** ****",
    }


def test_a_large_text_takes_no_time() -> None:
    assert Secrets(tuple(SECRETS.values())).hide("it's a k9k9k9 text, " * 20_000).count("text") == 20_000
