"""The words around learning outcomes that are none: stems, headings, place-holders.

English, Finnish and Swedish, as the course catalogues write them.
"""

from __future__ import annotations

import re

_WHO = (
    r"students?|participants?|learners?|you|they|s?he"
    r"|opiskelijat?|opiskelijoilla|opiskelijalla|oppilas|oppilaat|osallistujat?|hän|sinä"
    r"|studenten|studenterna|studeranden?a?|eleven|du|deltagar(?:en|na)|man"
)
_MAY = (
    r"can|could|will|should|shall|must|able(?:\ to)?|(?:ability|expected|learn|learned|learnt)\ to"
    r"|osaa(?:vat|t|n)?|kykene[eev]\w*|pysty[ytv]\w*|kan|kunna|ska|skall|bör"
)
FRAME = re.compile(rf"(?:.*\b)?(?:{_WHO}|{_MAY})\b(?:\s*[,/]\s*s?he)?", re.IGNORECASE | re.DOTALL)
"""The part of a stem that says who and may: up to the last such word."""
FRAME_END = re.compile(
    rf"(?:\b(?:{_WHO}|{_MAY}|be|is|are|has|have|on|har|är|att|to)|\bthe following(?: \w+){{0,4}}"
    r"|seuraav\w+(?: \w+){0,2}|följande(?: \w+){0,3}|as follows|seuraavasti)\W*$",
    re.IGNORECASE,
)
"""How a stem ends that says no more than who, when and may."""
OPEN_END = re.compile(
    rf"\b(?:{_MAY}|students?|opiskelijat?|studenten|studeranden|eleven"
    r"|\w+ suoritettua\w+|\w+ käytyä\w+|(?:students?|participants?|you) to"
    r"|that (?:they|you|the students?)|että (?:hän|opiskelijat?)|att (?:studenten|studeranden|du))$",
    re.IGNORECASE,
)
"""How a stem ends that has neither a colon nor dots."""
HEADING = re.compile(
    r"\b(?:outcomes?|goals?|aims?|objectives?|ILOs?)\b"
    r"|\b(?:(?:osaamis)?tavoitte\w+|(?:lärande)?mål(?:et|en)?)\b"
    r"|^(?:after|upon|on|at|by|having|efter|i slutet)\b[^,]*$"
    r"|^[^,]*\b(?:suoritettua\w+|käytyä\w+|jälkeen|päätteeksi|suorittaneella)$"
    r"|^(?:[\w-]+ ){0,3}(?:knowledge|understanding|skills|competenc\w+|abilities"
    r"|tiedot|taidot|osaaminen|ymmärrys|valmiudet|kunskap(?:er)?|färdigheter|förståelse)"
    r"(?: (?:and|ja|och) [\w-]+)?$",
    re.IGNORECASE,
)
"""Words before a list that name its kind only, or say no more than when."""

NO_OUTCOME = re.compile(
    r"to be (?:announced|confirmed|defined|decided|determined|added|updated)(?: later)?"
    r"|t\.?b\.?[acd]\.?|n/?a|none|not (?:available|defined|specified)|no description"
    r"|under construction|coming soon|xxx*|lorem ipsum.*|(?:same )?as above"
    r"|(?:ks|see|katso|kts|check|se)\b\.?:?\s*(?:the |course |kurssin )*(?:web|my)\w+(?: \w+){0,4}"
    r"|(?:ks|see|katso|se)\b\.?:?\s*(?:the )?"
    r"(?:english|finnish|swedish|course|syllabus|kurs\w*|study guide)\b.{0,40}"
    r"|(?:\w+ )?(?:ilmoitetaan|lisätään|päivitetään|määritellään|täydennetään)(?: myöhemmin)?"
    r"|ei (?:määritelty|ole|kuvausta)|(?:\w+ )?meddelas(?: senare)?"
    r"|learning outcomes?|osaamistavoitteet|lärandemål",
    re.IGNORECASE,
)
"""Place-holders and headings that stand alone (without their punctuation)."""
