from __future__ import annotations

from pathlib import Path

import pytest

from loaders.linking.evaluation.esco_files import EscoSkills, read_esco
from loaders.linking.evaluation.names import SkillNames


@pytest.fixture(scope="session")
def esco(shared_data: Path) -> EscoSkills:
    """ESCO v1.1.1 in English, without relations."""
    return read_esco([shared_data / "esco" / "ESCO dataset - v1.1.1 - classification - en - csv.zip"])


@pytest.fixture(scope="session")
def esco_names(esco: EscoSkills) -> SkillNames:
    return SkillNames(esco.labels)
