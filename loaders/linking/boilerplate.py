"""Sentences of course pages that speak of no skill: exams, registration, hours, credits, books."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    text = (files("loaders.linking") / "boilerplate.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    whole, inside = (
        re.compile("|".join(f"(?:{each})" for each in data[name]), re.IGNORECASE)
        for name in ("whole", "inside")
    )
    return whole, inside


@lru_cache(maxsize=20_000)
def is_boilerplate(sentence: str) -> bool:
    """Return whether a sentence is only about how a course is held, passed or registered for."""
    whole, inside = _patterns()
    plain = sentence.strip()
    return bool(whole.fullmatch(plain) or inside.search(plain))


_COURSE_CODE = re.compile(r"\b[A-ZÅÄÖ]{2,5}[-.](?:[A-Z]{1,3}[.-]?)?\d{3,5}\b")


def names_a_course(sentence: str) -> bool:
    """Return whether a sentence has the code of a course (CS-E4910, COMP.CS.100).

    Outside the prerequisites such a sentence tells of another course: which one it replaces, goes
    beyond, or is best taken with.
    """
    return bool(_COURSE_CODE.search(sentence))
