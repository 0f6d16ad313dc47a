"""The texts of courses, outputs and adverts: property → what linkers and reviewers call the field."""

from __future__ import annotations

from typing import Final

from ontology import terms as t

FIELDS: Final = {
    t.DCT + "title": "title",
    t.DCT + "abstract": "abstract",
    t.LEARNING_OUTCOME_TEXT: "outcomes",
    t.CONTENT_TEXT: "content",
    t.PREREQUISITE_TEXT: "prerequisites",
    t.DCT + "description": "description",
}
