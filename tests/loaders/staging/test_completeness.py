from __future__ import annotations

from decimal import Decimal

from graph.records import ConceptRelation, Course
from loaders.staging.completeness import Completeness


def test_filled_fields_and_languages_are_counted() -> None:
    found = Completeness()
    found.add(Course("a", "1", {"en": "T", "fi": "T"}, open_to_all=False, credits_min=Decimal(0)))
    found.add(Course("a", "2", {"en": "T"}))
    found.add(ConceptRelation("a", "broader", "b"))
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
