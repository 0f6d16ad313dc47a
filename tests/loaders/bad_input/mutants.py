"""Records in which one thing is strange: a value of another kind, a text that is far too long, nothing."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
from typing import Any

from lxml import etree

from tests.loaders import test_any_record

SCRIPT = "alertEvil"
"""Stands in scripts only: it may reach no triple."""
_SCRIPT = f"<p>fine</p><script>{SCRIPT}(1)</script>"
TEXTS = (
    "", " ", "x", "\ud800", "\x00", "\ufffe", "x" * 1_000_000, _SCRIPT, "&lt;script&gt;", "9999-99-99",
    "9999-12-31", "0000-00-00", "2026-02-30T25:61:00Z", "-5", "1e999", "NaN", "٣", "http://x/ y", "javascript:x",
    "a\r\nb", "<<<>>>", "%zz", "\u202ex", "null", "true",
)  # fmt: skip
STRANGE: tuple[Any, ...] = (
    *TEXTS, None, 0, -1, 1.5, True, 10**30, [], [None], ["x"], [[]], [{}], {}, {"en": 5}, {"en": None}, {"": ""},
    {"x": {"y": {"z": []}}}, {"en": _SCRIPT}, [_SCRIPT], {"@value": None}, {"id": "#x"},
)  # fmt: skip
RARE = 0.1
"""Share of the texts of a megabyte that are kept so: they take time."""


def strange(dice: random.Random, choices: tuple[Any, ...] = STRANGE) -> Any:
    value = dice.choice(choices)
    return value[:1000] if isinstance(value, str) and dice.random() > RARE else value


def mutate(value: Any, dice: random.Random) -> Any:
    """Return a copy with one place, however deep, replaced by something strange or taken away."""
    return test_any_record.mutate(value, dice, strange)


def json_text(value: Any, dice: random.Random) -> str:
    return json.dumps(mutate(value, dice))


def xml_text(head: str, part: str, dice: random.Random) -> str:
    """Return a record of XML with one text, attribute or element changed."""
    spaces = " ".join(re.findall(r"xmlns(?::[\w.-]+)?\s*=\s*[\"'][^\"']*[\"']", head))
    record = etree.fromstring(f"<wrapper {spaces}>{part.strip()}</wrapper>".encode())[0]
    inner = dice.choice(list(record.iter(etree.Element)))
    text = "".join(
        c
        for c in strange(dice, TEXTS)
        if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe"
    )
    what = dice.choice(("text", "attribute", "attribute away", "away", "twice", "within"))
    if what == "text" or inner is record:
        (inner if inner is not record or len(record) == 0 else record[0]).text = text
    elif what == "attribute" and inner.attrib:
        inner.set(dice.choice(list(inner.attrib)), text)
    elif what == "attribute away" and inner.attrib:
        del inner.attrib[dice.choice(list(inner.attrib))]
    elif what == "twice":
        inner.addnext(copy.deepcopy(inner))
    elif what == "within":
        etree.SubElement(inner, "strange").text = text
    else:
        inner.getparent().remove(inner)
    return etree.tostring(record, encoding="unicode", with_tail=False)


def csv_text(part: str, delimiter: str, dice: random.Random) -> str:
    cells = next(csv.reader(io.StringIO(part), delimiter=delimiter))
    cells[dice.randrange(len(cells))] = strange(dice, TEXTS).replace("\ud800", "\udcff")
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()


_OBJECTS = (
    "''", "'x'@en", "5", "true", "<http://x/1>", "'\\u0000'", "[]", "()", f"'{'x' * 200_000}'",
    f"'{_SCRIPT}'@fi", "'9999'^^<http://x/date>", "_:b", "'a'@en-GB", "<rel>", "'\\uFFFE'",
)  # fmt: skip


def turtle_text(part: str, dice: random.Random) -> str:
    """Return a statement with one object replaced."""
    found = list(re.finditer(r'"[^"\n]*"(?:@\w+)?', part))
    match = dice.choice(found)
    return part[: match.start()] + dice.choice(_OBJECTS) + part[match.end() :]


def value_text(part: str, pattern: str, dice: random.Random) -> str:
    """Return a record of lines with one value, the first group of the pattern, replaced or taken away."""
    match = dice.choice(list(re.finditer(pattern, part)))
    new = re.sub(r"[\r\n{}\"\\]", " ", strange(dice, TEXTS).replace("\ud800", "\udcff"))
    return part[: match.start(1)] + new + part[match.end(1) :]
