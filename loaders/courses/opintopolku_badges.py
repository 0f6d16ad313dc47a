"""National badges (osaamismerkki) as ePerusteet's interface gives them, with outcomes one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from graph.records import Course
from loaders.base import Loaded, Outcome
from loaders.courses.opintopolku_codes import code_of, parts
from loaders.courses.opintopolku_providers import AGENCY, owner
from loaders.courses.opintopolku_study import badge_outcomes, curriculum_text, joined
from loaders.readers.fields import Fields
from loaders.readers.json_stream import Item

_REMEDY = "Correct the badge in ePerusteet."


def is_badge(value: object) -> bool:
    """Return whether a record is a national badge (not a koulutus that leads to one)."""
    return isinstance(value, Mapping) and "oid" not in value and "osaamistavoitteet" in value


def read_badge(item: Item) -> Outcome:
    """Return the outcome of one badge. Its code is that of the koulutus that leads to it."""
    raw = item.value
    fields = Fields(item, str(raw.get("koodiUri") or ""))
    code = fields.read("koodiUri", raw.get("koodiUri"), code_of)
    if not code:
        return item.problem(raw.get("id"), "koodiUri", "The badge has no code.", _REMEDY)
    try:
        title = curriculum_text(raw.get("nimi"))
    except ValueError as error:
        return item.problem(code, "nimi", f"The name cannot be read: {error}.", _REMEDY)
    if not title:
        return item.problem(code, "nimi", "The badge has no name.", _REMEDY)
    if raw.get("tila") not in (None, "JULKAISTU"):
        return Loaded((), skipped="a badge that is not published")
    outcomes = badge_outcomes(raw, fields)
    criteria: dict[str, list[str]] = {}
    for one in parts(fields, "arviointikriteerit", raw.get("arviointikriteerit")):
        value = one.get("arviointikriteeri", one)
        texts = fields.read("arviointikriteerit", value, curriculum_text) or {}
        for language, text in texts.items():
            criteria.setdefault(language, []).append(text)
    agency = owner(AGENCY, {"fi": "Opetushallitus", "sv": "Utbildningsstyrelsen"})
    badge = Course(
        university=agency.key,
        code=code,
        title=title,
        outcomes=joined(outcomes),
        content=fields.read("kuvaus", raw.get("kuvaus"), curriculum_text) or {},
        kind="badge",
        learning_outcomes=outcomes,
        assessment={language: "\n".join(texts) for language, texts in criteria.items()},
        valid_from=fields.read("voimassaoloAlkaa", raw.get("voimassaoloAlkaa"), _day),
        valid_until=fields.read("voimassaoloLoppuu", raw.get("voimassaoloLoppuu"), _day),
    )
    return Loaded((agency, badge), tuple(fields.warnings))


def _day(value: object) -> date | None:
    """Return the day of a time in milliseconds since 1970.

    Raises:
        ValueError: it is no such time.
    """
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 4_102_444_800_000:
        raise ValueError(f"a time in milliseconds was expected, not {str(value)[:60]!r}")
    return datetime.fromtimestamp(value / 1000, UTC).date()
