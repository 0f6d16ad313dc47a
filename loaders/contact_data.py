"""Take addresses, telephone numbers and names of contact persons out of texts.

Names go only where it is plain that they name a contact: in the record's own list of contacts, after
words like *lisätietoja antaa*, *kontaktperson*, *contact*, and right before a number or an address. A
name elsewhere stays, as does every other word. All patterns have bounds: a text may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|[(\[{]\s?(?:at|ät|a|@)\s?[)\]}])\s?[\w-]{1,63}"
    r"(?:\.[\w-]{1,63}|\s?[(\[{](?:dot|piste)[)\]}]\s?[\w-]{1,63}){1,6}",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]{1,9}\.)?\b(?:linkedin\.com/in|wa\.me|t\.me|facebook\.com)/[\w.%/?=&-]+",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\(?\+\d{1,3}\)?|00358|0)(?:[\s\u2011-]?\(?\d\)?){6,12}(?![\w]|[.,-]\d)"
)
"""`+358 40 123 4567`, `040-1234567`; not dates, sums, years or codes of five digits."""
_GONE = "\ufffc"
"""Stands where something was taken out, until the names before it are found."""

_WORD = r"[A-ZÅÄÖÉÜØÆ][a-zåäöéüøæšž]{1,30}(?:[-'’][A-ZÅÄÖÉÜØÆa-z][a-zåäöéüøæšž]{1,30}){0,2}"
_NAME = rf"{_WORD}(?:\s(?:(?:[A-ZÅÄÖ]\.|von|af|de|van|der)\s)?{_WORD}){{1,2}}"
_LEAD = re.compile(
    r"\b(?i:lisätieto(?:ja|jen)?|tiedustelu(?:t|ihin)|yhteyshenkilö(?:t|n|nä|inä)?|ota(?:than)?\s+yhteyttä|"
    r"kysy\s+lisää|rekrytoinnista\s+vastaa|esihenkilö(?:nä|si)\s+(?:toimii|on)|kontaktperson(?:er)?|"
    r"upplysningar\s+(?:ger|lämnas)|(?:mera?|närmare)\s+(?:information|upplysningar)\s+(?:ger|lämnas|om)|"
    r"tilläggs(?:information|uppgifter)|frågor\s+besvaras|contact\s+persons?|hiring\s+manager\s*:|"
    r"recruiter\s*:)\s*|"
    # Words that mean other things too introduce a contact only where a sentence begins.
    r"(?:^|(?<=[.!?:]\s)|(?<=\n))(?i:(?:for|for\s+any|please|if\s+you\s+have(?:\s+any)?)\s+)?"
    r"(?i:contact|(?:further|more|additional)\s+information|inquiries|enquiries|questions|kontakta|"
    r"frågor|soita|call)\b[?:!]?\s*"
)
_LEAD_REACH = 240
_SENTENCE_END = re.compile(
    r"\n|[!?]\s|(?:(?<=[a-zåäö)]{2})|(?<=\ufffc))(?<!\bpuh)(?<!\btel)(?<!\bdr)(?<!\bprof)(?<!\bdipl)\.(?=\s|$)"
)
_BEFORE_GONE = re.compile(
    rf"{_NAME}(?=[\s,;:()–/-]{{0,4}}(?:(?i:puh|puhelin|tel|tlf|gsm|mobile|phone|mob|s-posti|sähköposti|"
    rf"e-?mail|e-post|p)\b[.:]?[\s:]{{0,3}})?{_GONE})"
)
_LEFT_OVER = re.compile(
    rf"[\s,;:(/]{{0,6}}(?:\b(?i:puh|puhelin|puhelimitse|tel|tlf|gsm|mobile|phone|s-posti|sähköposti|e-?mail|e-post)"
    rf"\b[.:]?\s{{0,3}})?{_GONE}\)?"
)


def without_contacts(text: str, names: Iterable[str] = ()) -> str:
    """Return a text without the data of contact persons.

    Args:
        text: plain text.
        names: names of persons that are to go wherever they stand.
    """
    for name in names:
        parts = name.split()
        if len(parts) > 1:
            words = r"[\s,]+".join(map(re.escape, parts))
            text = re.sub(rf"\b{words}\b", _GONE, text, flags=re.IGNORECASE)
    for pattern in (_MAIL, _PROFILE, _PHONE):
        text = pattern.sub(_GONE, text)
    text = _after_leads(text)
    while _BEFORE_GONE.search(text):
        text = _BEFORE_GONE.sub(_GONE, text)
    if _GONE not in text:
        return text
    text = _LEFT_OVER.sub(" ", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    text = re.sub(r" +([.,;:!?)])", r"\1", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)).strip()


def _after_leads(text: str) -> str:
    """Take out the names that follow, in the same sentence, words that introduce a contact person."""
    done: list[str] = []
    at = 0
    for lead in _LEAD.finditer(text):
        if lead.end() < at:
            continue
        reach = _sentence_end(text, lead.end())
        done += [text[at : lead.end()], re.sub(_NAME, _GONE, text[lead.end() : reach])]
        at = reach
    return "".join((*done, text[at:]))


def _sentence_end(text: str, start: int) -> int:
    """Return where the sentence or the line ends."""
    end = _SENTENCE_END.search(text, start, start + _LEAD_REACH)
    return end.start() if end else min(len(text), start + _LEAD_REACH)
