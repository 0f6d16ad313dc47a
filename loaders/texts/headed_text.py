"""Find the parts of a description that stand below headings, like outcomes and content.

Where a form has one field for all, people write headings into it: `<h3>`, or a line that is bold as a
whole. What stands below a heading that is not known belongs to no part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loaders.texts.text import plain_text

_HEADING = re.compile(
    r"<h[1-6][^>]*>(?P<title>.{0,200}?)</h[1-6]>"
    r"|(?:<p[^>]*>|<br\s*/?>)\s*(?P<bold>(?:<(strong|b)>[^<]{1,80}</\3>\s*)+)(?=<br|</p>)",
    re.IGNORECASE | re.DOTALL,
)
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("osaamistavoitteet", "learning outcomes", "lärandemål", "intended learning outcomes"),
        "outcomes",
    ),
    **dict.fromkeys(("sisältö", "content", "contents", "course content", "innehåll"), "content"),
    **dict.fromkeys(
        ("esitietovaatimukset", "esitiedot", "prerequisites", "förkunskapskrav", "förkunskaper"),
        "prerequisite_text",
    ),
    **dict.fromkeys(
        ("arviointikriteerit", "arviointi", "assessment criteria", "assessment", "bedömningskriterier"),
        "assessment",
    ),
}


def headed_parts(description: str) -> dict[str, str]:
    """Return the parts of a description in HTML as plain text, by the name of the course's field.

    What stands before the first heading, or below one that is not known, is `rest`. A description
    without a known heading is all `rest`.
    """
    cuts = list(_HEADING.finditer(description))
    names = [_NAMES.get(_title(cut)) for cut in cuts]
    if not any(names):
        text = plain_text(description)
        return {"rest": text} if text else {}
    found: dict[str, list[str]] = {"rest": [plain_text(description[: cuts[0].start()])]}
    for number, (cut, name) in enumerate(zip(cuts, names, strict=True)):
        end = cuts[number + 1].start() if number + 1 < len(cuts) else len(description)
        # An unknown heading stays before its text; a known one says no more than the field's name.
        start = cut.end() if name else cut.start()
        found.setdefault(name or "rest", []).append(plain_text(description[start:end]))
    texts = {name: "\n\n".join(filter(None, parts)) for name, parts in found.items()}
    return {name: text for name, text in texts.items() if text}


def _title(heading: re.Match[str]) -> str:
    text = plain_text(heading["title"] or heading["bold"] or "")
    return " ".join(text.split()).strip(" :").casefold()
