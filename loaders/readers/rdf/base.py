"""What the readers of RDF formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TypeAlias, TypeVar
from urllib.parse import quote, urljoin

from pyoxigraph import NamedNode, Quad

from loaders.base import Problem
from loaders.readers.files import SourceFile

T = TypeVar("T")
_MARK = b"\xef\xbb\xbf"
_HELD = 50_000  # statements about one thing


@dataclass(frozen=True, slots=True)
class Damage:
    """A piece of a file that cannot be read; `subject` is what it is about, "" if that is lost."""

    file: SourceFile
    place: str
    subject: str
    reason: str
    raw: str

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of a record that this damage concerns."""
        name = f"{record} ({self.place})" if record else self.place
        return Problem(self.file.name, name, field, reason, remedy, self.raw)

    def as_problem(self) -> Problem:
        """Return the damage itself as a problem."""
        remedy = "Correct it in the file; what stands before and after it was read."
        return self.problem(self.subject, "", self.reason, remedy)


Found: TypeAlias = Quad | Damage | Problem


def damage_of(file: SourceFile, problem: Problem, subject: re.Pattern[str]) -> Damage:
    """Return the problem of a record as damage; the pattern finds its subject in the raw text."""
    match = subject.search(problem.raw)
    address = absolute(file, match[1]) if match else ""
    return Damage(file, problem.record, address, problem.reason, problem.raw)


def absolute(file: SourceFile, address: str) -> str:
    """Return an address of a file in full; one that is none as it is."""
    try:
        return urljoin(base_iri(file), address)
    except ValueError:
        return address


def base_iri(file: SourceFile) -> str:
    """Return what relative addresses are relative to: the file, so that they are known as such."""
    return f"file:///{quote(file.plain_name)}"


@contextmanager
def opened(file: SourceFile) -> Iterator[IO[bytes]]:
    """Open a file behind its byte-order mark, if it has one."""
    with file.open() as raw:
        if raw.peek(3)[:3] == _MARK:  # type: ignore[attr-defined]  # all that `open` gives have it
            raw.read(3)
        yield raw


def reason_of(error: SyntaxError) -> str:
    """Return what a parser says, without the place (which is that within a piece)."""
    text = " ".join(str(error.msg or error).split())
    return re.sub(r"^Parser error[^:]*: ", "", text)[:300].rstrip(".")


def by_thing(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield statements, those about one thing together; the last thing only if no fault follows.

    So a thing that turns out to be damaged does not leave what came before the fault.
    """
    held: list[Quad] = []
    thing: object = None
    for quad in quads:
        subject = quad.subject
        if (isinstance(subject, NamedNode) and subject != thing) or len(held) > _HELD:
            yield from held
            held, thing = [], subject
        held.append(quad)
    yield from held


def halved(
    pieces: Sequence[T], read: Callable[[Sequence[T]], Iterable[Quad]]
) -> Iterator[Quad | tuple[T, SyntaxError]]:
    """Read pieces together; where that fails, halve them until the bad ones stand alone.

    Yields:
        what `read` yields, and `(piece, error)` for each piece that cannot be read.
    """
    try:
        yield from list(read(pieces))
    except SyntaxError as error:
        if len(pieces) == 1:
            yield pieces[0], error
            return
        middle = len(pieces) // 2
        yield from halved(pieces[:middle], read)
        yield from halved(pieces[middle:], read)
