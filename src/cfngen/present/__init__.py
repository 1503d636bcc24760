"""Results as text, JSON, Markdown, JUnit and SARIF; the styles of the terminal; the JSON Schemas."""

from typing import Final

FORMAT_VERSION: Final = "1.0"
"""Of every JSON document; a change that could break a reader raises the first number."""
