"""From things of schema.org to courses and offerings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from graph.identifiers import digest
from graph.records import Course, CourseOffering
from loaders.courses import schemaorg_learning as learning
from loaders.courses.course_values import narrowest
from loaders.courses.schemaorg_json import COURSES, INSTANCE
from loaders.courses.schemaorg_names import (
    code_of,
    homepage,
    identifier,
    identifiers,
    joined,
    plain,
    texts,
)
from loaders.courses.schemaorg_things import Thing
from loaders.courses.schemaorg_values import (
    credits_of,
    labels,
    languages_of,
    level_of,
    modes_of,
    place_of,
    price_of,
    table,
)
from loaders.readers.fields import Fields
from loaders.texts.course_codes import codes_in
from loaders.texts.text import parse_day


def course_of(thing: Thing, university: str, title: Mapping[str, str], fields: Fields) -> Course:
    """Return a course, programme or stand-alone instance as a course."""
    code = code_of(thing)
    described = learning.description(thing, fields)
    outcomes, skills = learning.outcomes(thing, fields)
    required, codes, needed = learning.prerequisites(thing, fields)
    before = joined((described.get("prerequisite_text", {}), required))
    least, most = credits_of(thing, fields)
    eqf = (fields.read("educationalLevel", value, level_of) for value in learning.levels(thing))
    return Course(
        university=university,
        code=code,
        title=title,
        outcomes=joined((described.get("outcomes", {}), *(outcome.text for outcome in outcomes))),
        content=described.get("rest", {}),
        prerequisite_text=before,
        prerequisite_codes=tuple(dict.fromkeys((*codes, *codes_in(before.values(), codes, code)))),
        credits_min=least,
        credits_max=most,
        level=learning.level_word(thing, fields),
        languages=languages_of(thing, fields),
        identifiers=tuple(one for one in identifiers(thing) if one != code),
        homepage=homepage(thing, fields),
        kind=_kind(thing, fields),
        # One text may hold all outcomes: then staging splits it.
        learning_outcomes=tuple(outcomes) if len(outcomes) > 1 else (),
        keywords=learning.keywords(thing, fields),
        subjects=learning.subjects(thing),
        eqf_level=next((level for level in eqf if level), None),
        isced_f=narrowest(learning.fields_of_study(thing, fields)),
        modes=modes_of(thing, fields),
        price=price_of(thing, fields),
        assessment=described.get("assessment", {}),
        parts=tuple(dict.fromkeys(code_of(part) for part in _parts(thing))),
        stated_skills=(*skills, *needed),
    )


def _kind(thing: Thing, fields: Fields) -> str:
    """Return the kind: a programme by its type or its degree, a module by its parts, else a course."""
    if not thing.is_a("Course", INSTANCE):
        return "programme"
    words = [text for name in learning.CREDENTIALS for _, text in labels(thing, name, fields)]
    for credential in thing.things(*learning.CREDENTIALS):
        words += [text for _, text in labels(credential, "credentialCategory", fields)]
    if any(word in text.lower() for text in words for word in table("programmes")["words"]):
        return "programme"
    return "module" if _parts(thing) else "course"


def _parts(thing: Thing) -> list[Thing]:
    return [one for one in thing.things("hasPart", "hasCourse") if one.is_a(*COURSES)]


def offerings_of(thing: Thing, course: Course, fields: Fields) -> Iterator[CourseOffering]:
    """Yield the instances of a course; a programme with dates of its own is an offering of itself."""
    instances = thing.things("hasCourseInstance")
    if thing.is_a(INSTANCE) or (not instances and thing.values("startDate")):
        instances.insert(0, thing)
    pages = [address for one in instances for address in one.addresses("url")]
    for one in instances:
        # What all instances share is the page of the course: it tells none of them apart.
        own = [
            page for page in one.addresses("url") if pages.count(page) == 1 and page != course.homepage
        ]
        yield _offering(one, course, own, fields, is_course=one is thing and one.is_a(*COURSES))


def _offering(
    one: Thing, course: Course, own: list[str], fields: Fields, *, is_course: bool
) -> CourseOffering:
    offers = one.things("offers")
    opens = [_day(offer, fields, "validFrom", "availabilityStarts") for offer in offers]
    closes = [_day(offer, fields, "validThrough", "availabilityEnds") for offer in offers]
    opens.append(_day(one, fields, "applicationStartDate"))
    closes.append(_day(one, fields, "applicationDeadline"))
    title = {} if is_course else texts(one, fields, "name")
    start, end = _day(one, fields, "startDate"), _day(one, fields, "endDate")
    modes, location = modes_of(one, fields), place_of(one, fields)
    key = course.code if is_course else _key(one, own)
    facts = (course.university, course.code, start, end, *sorted(title.values()), *modes, location)
    return CourseOffering(
        key=key or digest("|".join(map(str, facts))),
        university=course.university,
        course_code=course.code,
        title=title,
        start=start,
        end=end,
        enrolment_start=min((day for day in opens if day), default=None),
        enrolment_end=max((day for day in closes if day), default=None),
        languages=languages_of(one, fields),
        modes=modes,
        location=location,
        price=price_of(one, fields),
        homepage=next(iter(own), None) or course.homepage,
        cancelled=any("cancel" in text.lower() for text in _statuses(one)),
    )


def _key(one: Thing, own: list[str]) -> str | None:
    """Return the identifier of an instance, or a digest of its address; None if it has neither."""
    for value in one.values("identifier"):
        for text in identifier(one, value):
            return text
    address = one.id or next(iter(own), None)
    return digest(address) if address else None


def _statuses(one: Thing) -> Iterator[str]:
    for value in one.values("eventStatus"):
        yield from plain(one, value.get("@id") if isinstance(value, Mapping) else value)


def _day(one: Thing, fields: Fields, *names: str) -> date | None:
    """Return the first day that properties tell, else the one that its schedules tell."""
    for name in names:
        for value in one.values(name):
            stated = value.get("@value") if isinstance(value, Mapping) else value
            if day := fields.read(name, stated, parse_day):
                return day
        if name in ("startDate", "endDate"):
            schedules = one.things("courseSchedule", "eventSchedule")
            days = [day for schedule in schedules if (day := _day(schedule, fields, name))]
            if days:
                return min(days) if name == "startDate" else max(days)
    return None
