"""All good files: what the tests of this folder run over."""

from __future__ import annotations

from collections.abc import Mapping

from tests.loaders.bad_input import courses, research, skills
from tests.loaders.bad_input.sources import Source

SOURCES: Mapping[str, Source] = {
    source.id: source for source in (*courses.SOURCES, *research.SOURCES, *skills.SOURCES)
}
WITHOUT_FILES = ("members",)
"""Loaders that read no file, so that none can be bad."""
