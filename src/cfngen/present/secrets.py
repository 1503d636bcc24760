"""The one filter for everything that leaves a command which knows secret values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from cfngen.template.values import MASK

_SHORT: Final = 4


@dataclass(frozen=True)
class Secrets:
    """The values of NoEcho parameters, which are never shown.

    >>> Secrets(("hunter2",)).hide("the password is hunter2")
    'the password is ****'
    """

    values: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """The text without the secrets: a short one where it is a word of its own, any other anywhere."""
        for secret in sorted(self.values, key=len, reverse=True):
            pattern = re.escape(secret)
            if len(secret) < _SHORT:
                pattern = rf"(?<![\w.-]){pattern}(?![\w.-])"
            text = re.sub(pattern, MASK, text)
        return text

    def json(self, document: Any) -> str:
        """The document as JSON, the secrets hidden in every string of it."""
        return json.dumps(self._hidden(document), indent=2, ensure_ascii=False)

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {key: self._hidden(item) for key, item in value.items()}
        return [self._hidden(item) for item in value] if isinstance(value, list | tuple) else value
