"""Values as Peppi's study guides write them: texts, days, and what stands below which title.

Every text is `{"valueFi": …, "valueEn": …, "valueSv": …}`. A course is told in sections, a title and a
content each; which section is which shows in its title alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from loaders.readers.fields import mapping
from loaders.texts.text import honest_languages, lang_text, parse_day

_LANGUAGES = (("fi", "valueFi"), ("en", "valueEn"), ("sv", "valueSv"))
_TITLES: Mapping[str, tuple[str, ...]] = {
    "outcomes": (
        "osaamistavoitteet", "oppimistavoitteet", "tavoitteet", "opintojakson tavoitteet",
        "learning outcomes", "intended learning outcomes", "objectives", "competence objectives",
        "lärandemål", "mål", "kompetensmål",
    ),
    "content": (
        "sisältö", "opintojakson sisältö", "content", "contents", "course content", "course contents",
        "innehåll", "kursinnehåll",
    ),
    "description": (
        "toteutuksen yleinen kuvaus", "yleinen kuvaus", "kuvaus", "general description", "description",
        "allmän beskrivning", "beskrivning",
    ),
    "prerequisites": (
        "esitietovaatimukset", "esitiedot", "edeltävät opinnot", "edeltävät opintojaksot",
        "qualifications", "prerequisites", "previous studies", "prerequisites and co-requisites",
        "förkunskapskrav", "förkunskaper", "tidigare studier",
    ),
    "assessment": (
        "arviointikriteerit", "arviointi", "arviointimenetelmät ja -kriteerit", "arviointiperusteet",
        "assessment criteria", "evaluation criteria", "assessment methods and criteria",
        "bedömningskriterier", "bedömning", "bedömningsgrunder",
    ),
    "language": (
        "pääasiallinen opetuskieli", "opetuskieli", "opetuskielet", "koulutuksen opetuskieli",
        "primary teaching language", "language of instruction", "teaching language",
        "huvudsakligt undervisningsspråk", "undervisningsspråk",
    ),
    "level": ("taso", "opintojen taso", "level", "level of studies", "nivå", "studienivå"),
    "subject": ("oppiaine", "subject", "läroämne", "ämne"),
    "keywords": ("asiasanat", "avainsanat", "keywords", "nyckelord"),
    "mode": (
        "toteutustavat", "toteutustapa", "opetusmuoto", "opetuksen toteutustapa",
        "mode of delivery", "teaching methods", "form of teaching",
        "undervisningsform", "undervisningsformer",
    ),
    "fee": ("lukuvuosimaksun määrä (euroa)", "tuition fee payment (in euros)", "terminsavgift (euro)"),
}  # fmt: skip
_PART_OF_TITLE = {title: part for part, titles in _TITLES.items() for title in titles}
_NUMBERED = re.compile(r"\s*\d{0,2}\s*:?$")
_LANGUAGE_NAMES = {
    "fi": ("suomi", "finnish", "finska"),
    "sv": ("ruotsi", "swedish", "svenska"),
    "en": ("englanti", "english", "engelska"),
    "de": ("saksa", "german", "tyska"),
    "fr": ("ranska", "french", "franska"),
    "es": ("espanja", "spanish", "spanska"),
    "ru": ("venäjä", "russian", "ryska"),
    "it": ("italia", "italian", "italienska"),
    "ja": ("japani", "japanese", "japanska"),
    "zh": ("kiina", "chinese", "kinesiska"),
    "se": ("pohjoissaame", "saame", "sámi", "sami", "samiska"),
}
_CODE_OF_NAME = {name: code for code, names in _LANGUAGE_NAMES.items() for name in names}
_LEVELS = {
    "yleisopinnot": "general-studies",
    "perusopinnot": "basic-studies",
    "aineopinnot": "intermediate-studies",
    "syventävät opinnot": "advanced-studies",
    "jatko-opinnot": "postgraduate-studies",
    "allmänna studier": "general-studies",
    "grundstudier": "basic-studies",
    "ämnesstudier": "intermediate-studies",
    "fördjupade studier": "advanced-studies",
}
_MODES = (
    ("blended", r"monimuoto|hybridi|blended|hybrid|flerform"),
    (
        "online",
        r"verkko-?opetu|verkkokurssi|verkossa|etäopetu|online|distance|web-based|nätundervisning"
        r"|nätkurs|distans",
    ),
    (
        "presential",
        r"lähiopetu|kontaktiopetu|face-to-face|contact teaching|classroom|närundervisning"
        r"|kontaktundervisning",
    ),
)
_WORD = re.compile(r"[^\W\d_]+")


def texts(value: object) -> dict[str, str]:
    """Return the non-empty plain texts of `{"valueFi": …}` by language.

    Raises:
        ValueError: it is no such object.
    """
    values = mapping(value)
    return lang_text({language: values.get(name) for language, name in _LANGUAGES})


def sections(value: object) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the known part and the texts of each section of a `contentList` or of `descriptions`.

    Raises:
        ValueError: it is no list of sections.
    """
    if value is None:
        return
    if not isinstance(value, list):
        raise ValueError("a list of sections was expected")
    for entry in value:
        section = mapping(entry)
        title = section.get("title") or mapping(section.get("descriptionField")).get("title")
        for text in texts(title).values():
            part = _PART_OF_TITLE.get(_NUMBERED.sub("", text.strip()).casefold())
            if part:
                yield part, texts(section.get("content") or section.get("text"))
                break


def parts_of(value: object) -> dict[str, dict[str, str]]:
    """Return the texts of the known parts of a list of sections; several of one part are joined.

    Raises:
        ValueError: it is no list of sections.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for part, texts_of_part in sections(value):
        for language, text in texts_of_part.items():
            kept = found.setdefault(part, {}).setdefault(language, [])
            if text not in kept:
                kept.append(text)
    return {
        part: honest_languages({language: "\n\n".join(several) for language, several in all_.items()})
        for part, all_ in found.items()
    }


def spoken_languages(part: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ISO 639-1 codes of the languages that a text names (`Finnish`, `suomi, englanti`)."""
    words = (word.casefold() for text in part.values() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(_CODE_OF_NAME[word] for word in words if word in _CODE_OF_NAME))


def level_of(part: Mapping[str, str]) -> str | None:
    """Return the level in Sisu's words where it is one of the usual ones, else as it is written."""
    for text in part.values():
        known = _LEVELS.get(text.casefold())
        if known:
            return known
    if "en" in part:
        return part["en"].casefold().replace(" ", "-")
    return next(iter(part.values()), None)


def modes_of_text(part: Mapping[str, str]) -> tuple[str, ...]:
    """Return the form of participation that a description of teaching names, if it names one.

    Contact and online teaching together are blended.
    """
    found = {
        mode
        for mode, words in _MODES
        for text in part.values()
        if re.search(words, text, re.IGNORECASE)
    }
    if "blended" in found or len(found) > 1:
        return ("blended",)
    return tuple(found)


def helsinki_day(value: object) -> date | None:
    """Return the day in Finland of a time in milliseconds since 1970 (or of an ISO date).

    Raises:
        ValueError: it is neither.
    """
    if value in (None, "", 0):
        return None
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return parse_day(value)
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise TypeError
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value))
        return (moment + timedelta(hours=3 if _is_summer(moment) else 2)).date()
    except (TypeError, ValueError, OverflowError):
        reason = f"a time in milliseconds was expected, not {str(value)[:40]!r}"
        raise ValueError(reason) from None


def _is_summer(moment: datetime) -> bool:
    """Return whether summer time holds in the EU: last Sundays of March and October, 01:00 UTC."""

    def turn(month: int) -> datetime:
        last = datetime(moment.year, month, 31, 1, tzinfo=UTC)
        return last - timedelta(days=(last.weekday() + 1) % 7)

    return turn(3) <= moment < turn(10)
