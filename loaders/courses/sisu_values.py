"""Values as Sisu writes them: URNs, language maps, formal prerequisites, rules of modules.

Aalto's course interface hands on the same codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from loaders.readers.fields import Fields, mapping, text_list
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, lang_text

_MODES = (
    ("online", "online"),
    ("blended", "blended"),
    ("contact", "presential"),
    ("project", "project-based"),
)
_OPEN_UNIVERSITY = re.compile(
    r"\bavoin\s+(?:yo\b|yliopisto|korkeakoulu)|\bavoimen\s+yliopiston?\b|\bavoimessa\s+yliopistossa\b"
    r"|\bopen\s+uni(?:versity)?\b|\böppna\s+(?:uni|universitetet)\b",
    re.IGNORECASE,
)
_OKM_FIELDS = {
    "1": "01", "2": "02", "3": "02", "4": "03", "5": "04", "6": "05", "7": "06", "8": "07", "9": "08",
    "11": "09", "12": "10",
}  # fmt: skip
"""Steering field of the ministry → ISCED-F broad field. 10, medicine, holds veterinary science, which
ISCED-F counts to field 08: it is left out."""
_SDG = re.compile(r":sustainable-development-goals:([1-9]|1[0-7])$")
_GOAL = "http://metadata.un.org/sdg/"


def last_part(urn: str | None) -> str | None:
    """`urn:code:study-level:basic-studies` → `basic-studies`."""
    return urn.rsplit(":", 1)[-1].strip() or None if urn else None


def urn_codes(value: object) -> tuple[str, ...]:
    """Return the last part of each URN of a list, each once.

    Raises:
        ValueError: it is no list of texts.
    """
    return tuple(dict.fromkeys(part for urn in text_list(value) if (part := last_part(urn))))


def languages(fields: Fields, name: str, value: object) -> tuple[str, ...]:
    """Return the languages of a list of URNs or codes; what is no language is told and left out."""
    codes = []
    for urn in fields.read(name, value, text_list) or ():
        codes.append(fields.read(name, urn, language_code))
    return tuple(dict.fromkeys(code for code in codes if code))


def text_of(fields: Fields, raw: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return the texts of the first of some fields that holds any; one text in truth once."""
    for name in names:
        texts = fields.read(name, raw.get(name), lang_text)
        if texts:
            return honest_languages(texts)
    return {}


def modes_of(realisation_type: str | None) -> tuple[str, ...]:
    """Return the form of participation that a type of realisation names.

    `teaching-participation-online` is online; `teaching-participation-lectures` says nothing of it.
    """
    ending = (realisation_type or "").rsplit("-", 1)[-1]
    return tuple(mode for word, mode in _MODES if word == ending)


def says_open_university(texts: Iterable[str]) -> bool:
    """Return whether one of some texts speaks of the open university (fi, sv, en)."""
    return any(_OPEN_UNIVERSITY.search(text) for text in texts)


def isced_of_study_fields(value: object) -> tuple[str, ...]:
    """Return the broad ISCED-F fields of `urn:code:study-field:okm-7` and the like.

    Raises:
        ValueError: it is no list of texts.
    """
    return isced_of_okm(
        code.removeprefix("okm-") for code in urn_codes(value) if code.startswith("okm-")
    )


def isced_of_okm(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the broad ISCED-F fields of the ministry's steering fields `1` to `12`, where sure."""
    return tuple(dict.fromkeys(_OKM_FIELDS[code] for code in codes if code in _OKM_FIELDS))


def development_goals(value: object) -> tuple[str, ...]:
    """Return the UN goals that `customCodeUrns` names, as IRIs.

    Raises:
        ValueError: it is not built as expected.
    """
    urns = (urn for group in mapping(value).values() for urn in text_list(group))
    return tuple(dict.fromkeys(_GOAL + found[1] for urn in urns if (found := _SDG.search(urn))))


def formal_prerequisites(value: object) -> tuple[str, ...]:
    """Return the group ids of courses and modules; the alternatives of the outer list are all kept.

    Raises:
        ValueError: it is not built as expected.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("a list was expected")
    found: dict[str, None] = {}
    for alternative in value:
        for entry in mapping(alternative).get("prerequisites") or []:
            group = mapping(entry).get("courseUnitGroupId") or mapping(entry).get("moduleGroupId")
            if isinstance(group, str):
                found.setdefault(group)
    return tuple(found)


def parts_of_rule(value: object) -> tuple[str, ...]:
    """Return the group ids of the courses and modules that a rule names, in order, each once.

    Rules that allow any course or any module name none. Rules within rules may nest to any depth.

    Raises:
        ValueError: it is no object.
    """
    found: dict[str, None] = {}
    waiting: list[object] = [mapping(value)]
    while waiting:
        rule = waiting.pop()
        if not isinstance(rule, Mapping):
            continue
        for name in ("courseUnitGroupId", "moduleGroupId"):
            if isinstance(group := rule.get(name), str) and group.strip():
                found.setdefault(group.strip())
        below = rule.get("rules")
        waiting += reversed(below) if isinstance(below, list) else []
        waiting.append(rule.get("rule"))
    return tuple(found)


def responsible_organisation(value: object, provider: str) -> str | None:
    """Return the key of the organisation with the responsible role.

    Raises:
        ValueError: it is not built as expected.
    """
    if value is not None and not isinstance(value, list):
        raise ValueError("a list was expected")
    for entry in value or ():
        if isinstance(entry, str):  # search replies list ids only
            return f"{provider}/{entry.strip()}" if entry.strip() else None
        share = mapping(entry)
        if str(share.get("roleUrn") or "").endswith(":responsible-organisation"):
            organisation = share.get("organisationId")
            good = isinstance(organisation, str) and organisation.strip()
            return f"{provider}/{organisation.strip()}" if good else None  # type: ignore[union-attr]
    return None
