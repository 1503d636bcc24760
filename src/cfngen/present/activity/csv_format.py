"""One answer as CSV (RFC 4180) that spreadsheets open as text, with no cell that they would calculate.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from cfngen.activity.answers import Answer

_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for an older encoding
_FORMULA: Final = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")  # the last four in full width


def render(answer: Answer) -> str:
    """A row of names, then the rows."""
    out = io.StringIO()
    writer = csv.writer(out)  # ends its lines as the RFC does
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    return _MARK + out.getvalue()


def _cell(value: Any) -> Any:
    """
    >>> _cell("=cmd|' /C calc'!A0"), _cell(-5), _cell(None), _cell(" @a")
    ("'=cmd|' /C calc'!A0", -5, '', "' @a")
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\0", "")
    begin = text.lstrip(" \u00a0")[:1]  # spreadsheets skip blanks before they look for a formula
    return f"'{text}" if begin in _FORMULA else text
