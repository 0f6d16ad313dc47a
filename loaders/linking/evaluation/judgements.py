"""Judgements of single proposals on real texts, which are kept without the texts.

The file names each sentence by the SHA-256 of its normalised form; who has the courses can join the
judgements with their sentences again. How sentences are cut and normalised here must not change, for
every change loses judgements; it is therefore apart from how a linker cuts its texts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.records import Course
from loaders.base import Loaded, Problem
from loaders.linking.evaluation.gold import GoldError, GoldSet, GoldText
from loaders.linking.evaluation.names import SkillNames
from loaders.readers.files import FileError, SourceFile, find_files
from loaders.readers.tables import TableRow, read_rows
from loaders.registry import get_loader

COLUMNS = ("course_code", "field", "sentence_sha256", "language", "esco_uri", "judgement")
"""Columns that a file of judgements has; `judge` and `date` may follow."""
VERDICTS = ("correct", "partly", "wrong")
FIELDS = {
    "title": "title",
    "outcomes": "outcomes",
    "content": "content",
    "prerequisites": "prerequisite_text",
}
_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZÅÄÖ0-9])")
_MARK = re.compile(r"^[\s\-–—•*·●▪◦‣>]+|^\(?(?:\d{1,2}|[a-h])[.)]\s+")

Key = tuple[str, str, str, str]
"""Course code, field, language, digest of the sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a course."""

    code: str
    field: str
    language: str
    text: str

    @property
    def key(self) -> Key:
        """Return what the sentence is known by."""
        return self.code, self.field, self.language, digest(self.text)


def digest(sentence: str) -> str:
    """Return the SHA-256 of a sentence in Unicode's form C, with single blanks, as hexadecimal."""
    plain = " ".join(unicodedata.normalize("NFC", sentence).split())
    return hashlib.sha256(plain.encode()).hexdigest()


def cut(text: str) -> Iterator[str]:
    """Yield the sentences and list items of a text that have two words or more."""
    for line in text.split("\n"):
        for piece in _END.split(line):
            plain = _MARK.sub("", " ".join(piece.split())).strip(" ;•*·")
            if len(plain.split()) > 1:
                yield plain


def sentences_of(paths: Sequence[Path], loader: str = "aalto") -> Iterator[Sentence]:
    """Yield the sentences of courses as a loader reads them.

    Raises:
        GoldError: there is no such file.
    """
    try:
        files = find_files(paths)
    except FileError as error:
        raise GoldError(str(error)) from None
    for outcome in get_loader(loader).read(files, {}):
        for record in outcome.records if isinstance(outcome, Loaded) else ():
            if isinstance(record, Course):
                for field, attribute in FIELDS.items():
                    for language, text in getattr(record, attribute).items():
                        for sentence in cut(text):
                            yield Sentence(record.code, field, language, sentence)


def is_judgements(path: Path) -> bool:
    """Tell whether a file has the columns of judgements."""
    try:
        first = next(iter(read_rows(find_files([path])[0], delimiters=",;\t")), None)
    except FileError:
        return False
    return isinstance(first, TableRow) and set(COLUMNS) <= set(first.cells)


def read_judgements(path: Path, names: SkillNames, sentences: Iterable[Sentence]) -> GoldSet:
    """Return the judged sentences with their texts.

    A row without `esco_uri` says that the sentence was read and has no skill of ESCO. Sentences that
    are not among those given are counted as problems.
    """
    gold = GoldSet(path.name, [])
    rows: dict[Key, dict[str, set[str]]] = {}
    for row in read_rows(SourceFile(path), COLUMNS, delimiters=",;\t"):
        if isinstance(row, Problem):
            gold.problems.append(str(row))
            continue
        key = (
            row.get("course_code"),
            row.get("field"),
            row.get("language"),
            row.get("sentence_sha256"),
        )
        verdicts = rows.setdefault(key, {verdict: set() for verdict in VERDICTS})
        skill, verdict = row.get("esco_uri"), row.get("judgement")
        if not skill:
            continue
        if verdict not in VERDICTS:
            gold.problems.append(
                f"{path.name}, line {row.line}: {verdict!r} is no judgement; "
                f"write {', '.join(VERDICTS)}."
            )
        elif skill not in names.skills:
            gold.unknown[skill] += 1
        else:
            verdicts[verdict].add(skill)
    texts = {sentence.key: sentence.text for sentence in sentences if sentence.key in rows}
    for key, verdicts in rows.items():
        if key not in texts:
            gold.problems.append(
                f"{path.name}: the courses have no such sentence in {key[0]}, {key[1]}."
            )
            continue
        gold.texts.append(
            GoldText(
                text=texts[key],
                language=key[2],
                main=frozenset(verdicts["correct"]),
                acceptable=frozenset(verdicts["partly"]),
                wrong=frozenset(verdicts["wrong"]),
                field=key[1],
            )
        )
    return gold
