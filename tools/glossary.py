"""Write docs/glossary.md and docs/vi/glossary.md from the words that the report uses.

python tools/glossary.py
"""

from __future__ import annotations

from pathlib import Path

from cfngen.report.words.glossary import glossary

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {
    "en": (
        DOCS / "glossary.md",
        "# Glossary",
        "One word for one thing, here and in the report. AWS's own nouns stay English in Vietnamese.",
        ("word", "in Vietnamese", "what it is"),
    ),
    "vi": (
        DOCS / "vi" / "glossary.md",
        "# Thuật ngữ",
        "Mỗi thứ chỉ có một tên, ở đây và trong báo cáo. Danh từ riêng của AWS giữ nguyên tiếng Anh.",
        ("tiếng Anh", "tiếng Việt", "là gì"),
    ),
}
MADE = "<!-- Made by tools/glossary.py from src/cfngen/report/words/glossary.yaml. -->"


def page(language: str) -> str:
    """The page in a language."""
    _, title, about, columns = PAGES[language]
    lines = [title, "", MADE, "", about, "", f"| {' | '.join(columns)} |", "| --- | --- | --- |"]
    lines += [f"| {entry.term} | {entry.vi} | {entry.means(language)} |" for entry in glossary()]
    return "\n".join(lines) + "\n"


def main() -> None:
    for language, (path, *_) in PAGES.items():
        path.write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
