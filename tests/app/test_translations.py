"""Every text of the interface is translated, and no placeholder is lost on the way."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def texts(root: Path) -> set[str]:
    found = extract_from_dir(
        str(root / "app"), [("**.py", "python"), ("templates/**.html", "jinja2")], keywords=KEYWORDS
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_nothing_is_left_untranslated(root: Path, texts: set[str], language: str) -> None:
    path = root / "app" / "translations" / language / "LC_MESSAGES" / "messages.po"
    catalogue: Catalog = read_po(BytesIO(path.read_bytes()), locale=language)
    known = {
        (message.id if isinstance(message.id, str) else message.id[0]): message for message in catalogue
    }
    assert len(texts) > 200
    missing = sorted(text for text in texts if text not in known or not known[text].string)
    assert not missing, "run `make messages` and translate: " + "; ".join(missing[:5])
    for text in texts:
        original = set(re.findall(r"%\(\w+\)s", text))
        string = known[text].string
        for version in [string] if isinstance(string, str) else string:
            assert set(re.findall(r"%\(\w+\)s", version)) >= original - {"%(num)s"}, text
