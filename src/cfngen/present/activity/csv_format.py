"""One answer as CSV (RFC 4180) that spreadsheets open as text, with no cell that they would calculate.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any, Final

from cfngen.activity.answers import Answer

_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for an older encoding
# Spreadsheets skip what cannot be seen before they look for a formula; the last four signs are in full width.
_FORMULA: Final = re.compile(
    r"[\t\r\n]|[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2060\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]"
)


def render(answer: Answer) -> str:
    """A row of names, then the rows."""
    out = io.StringIO()
    # Ends its lines as the RFC does. Texts are quoted: where the list separator is a semicolon or a tab, one
    # inside of a text would begin a cell of its own.
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    return _MARK + out.getvalue()


def _cell(value: Any) -> Any:
    """
    >>> _cell("=cmd|' /C calc'!A0"), _cell(-5), _cell(None), _cell(" @a"), _cell("\\u200b+a")
    ("'=cmd|' /C calc'!A0", -5, '', "' @a", "'\\u200b+a")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\0", "")
    return f"'{text}" if _FORMULA.match(text) else text
