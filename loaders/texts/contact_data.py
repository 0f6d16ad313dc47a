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
_LABEL = (
    r"(?:\b(?i:puh|puhelin|puhelimitse|tel|tlf|gsm|mobile|phone|mob|s-posti|sähköposti|e-?mail|e-post|p)"
    r"\b[.:]?\s{0,3})?"
)
_NAMES = re.compile(_NAME)
_NAME_LAST = re.compile(rf"{_NAME}[\s,;:()–/-]{{0,4}}{_LABEL}$")
_LEFT_OVER = re.compile(rf"[\s,;:(/]{{0,6}}{_LABEL}$")
_TAIL = 160
"""Characters before a number or an address in which a name is looked for."""
_PROFILE_SITES = ("linkedin", "wa.me", "t.me", "facebook")
_LEAD_STEMS = (
    "lisätieto", "tiedustelu", "yhteyshenkilö", "yhteyttä", "kysy", "rekrytoinnista", "esihenkilö",
    "kontakt", "upplysning", "information", "uppgifter", "frågor", "contact", "manager", "recruiter",
    "quiries", "questions", "soita", "call",
)  # fmt: skip
_MAIL_SIGNS = ("@", "(at", "[at", "{at", "( at", "[ at", "(ät", "(a)", "[a]")
_BEFORE_STEM, _AFTER_STEM = 40, 60


def without_contacts(text: str, names: Iterable[str] = ()) -> str:
    """Return a text without the data of contact persons.

    Args:
        text: plain text.
        names: names of persons that are to go wherever they stand.
    """
    lower = text.lower()
    for name in names:
        parts = name.split()
        if len(parts) > 1 and parts[0].lower() in lower:
            words = r"[\s,]+".join(map(re.escape, parts))
            text = re.sub(rf"\b{words}\b", _GONE, text, flags=re.IGNORECASE)
    if any(sign in lower for sign in _MAIL_SIGNS):
        text = _MAIL.sub(_GONE, text)
    if any(site in lower for site in _PROFILE_SITES):
        text = _PROFILE.sub(_GONE, text)
    text = _after_leads(_PHONE.sub(_GONE, text))
    return _closed(text) if _GONE in text else text


def _after_leads(text: str) -> str:
    """Take out the names that follow, in the same sentence, words that introduce a contact person."""
    done: list[str] = []
    at = 0
    for spot in _spots(text):
        lead = _LEAD.search(text, max(at, spot - _BEFORE_STEM), spot + _AFTER_STEM)
        if lead is None:
            continue
        reach = _sentence_end(text, lead.end())
        done += [text[at : lead.end()], _NAMES.sub(_GONE, text[lead.end() : reach])]
        at = reach
    return "".join((*done, text[at:]))


def _spots(text: str) -> list[int]:
    """Return the places of the words around which a contact person may be introduced."""
    lower = text.lower()
    if len(lower) != len(text):  # some capitals have two small letters
        lower = "".join(char if len(char.lower()) > 1 else char.lower() for char in text)
    found: set[int] = set()
    for stem in _LEAD_STEMS:
        place = lower.find(stem)
        while place >= 0:
            found.add(place)
            place = lower.find(stem, place + 1)
    return sorted(found)


def _sentence_end(text: str, start: int) -> int:
    """Return where the sentence or the line ends."""
    end = _SENTENCE_END.search(text, start, start + _LEAD_REACH)
    return end.start() if end else min(len(text), start + _LEAD_REACH)


def _closed(text: str) -> str:
    """Close the gaps: names right before them go too, and words like `puh.` before them."""
    first, *others = text.split(_GONE)
    pieces = [_without_lead_in(first)]
    end = pieces[0][-1:]
    for number, part in enumerate(others, start=1):
        right = part.removeprefix(")").lstrip(" ")
        right = right if number == len(others) else _without_lead_in(right)
        if end == "." and right.startswith(".") and not right.startswith(".."):
            right = right[1:].lstrip(" ")
        if right:
            pieces += ["" if right[0] in ".,;:!?)\n" or end == "\n" else " ", right]
            end = right[-1]
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip()


def _without_lead_in(part: str) -> str:
    tail = part[-_TAIL:]
    while found := _NAME_LAST.search(tail):
        tail = tail[: found.start()]
    return part[:-_TAIL] + _LEFT_OVER.sub("", tail)
