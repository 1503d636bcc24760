"""Results as text, JSON, Markdown, JUnit and SARIF; the styles of the terminal; the JSON Schemas."""
