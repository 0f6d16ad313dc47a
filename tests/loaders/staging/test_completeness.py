from __future__ import annotations

from decimal import Decimal

from graph.records import ConceptRelation, Course, SkillNeed
from loaders.staging.completeness import Completeness


def test_filled_fields_and_languages_are_counted() -> None:
    found = Completeness()
    found.add([Course("a", "1", {"en": "T", "fi": "T"}, open_to_all=False, credits_min=Decimal(0))])
    found.add([Course("a", "2", {"en": "T"}), ConceptRelation("a", "broader", "b")])
    (kind,) = found.to_json().items()
    assert kind[0] == "Course"
    assert kind[1]["total"] == 2
    fields = kind[1]["fields"]
    assert (fields["title"], fields["open_to_all"], fields["credits_min"], fields["outcomes"]) == (
        2,
        1,
        1,
        0,
    )
    assert kind[1]["languages"]["title"] == {"en": 2, "fi": 1}


def test_parts_add_up_to_the_whole() -> None:
    records = [
        SkillNeed("1", "c", "FI", "2026", Decimal(3), "openings", "Survey"),
        SkillNeed("2", "c", "FI", "2026", Decimal(0), "openings", ""),
        Course("a", "1", {"en": "T", "fi": "T"}, open_to_all=False),
        SkillNeed("3", "c", "FI", "2026", Decimal(3), "openings", "Survey"),
    ]
    whole, parts = Completeness(), Completeness()
    for record in records:
        whole.add([record])
        part = Completeness()
        part.add([record])
        parts.update(part)
    assert parts.to_json() == whole.to_json()
    fields = whole.to_json()["SkillNeed"]["fields"]
    assert (fields["number"], fields["source"]) == (3, 2)
