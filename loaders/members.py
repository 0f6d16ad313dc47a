"""The FITech member universities, shipped with the program (`universities.toml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loaders.base import Loaded, LoaderInfo, Outcome
from loaders.readers.files import SourceFile
from loaders.universities import universities


class MembersLoader:
    """Gives the member universities; needs no file."""

    info = LoaderInfo(
        name="members",
        title="FITech member universities",
        description="The nine universities with the identifiers that are verified. Takes no files.",
        version="1",
        file_patterns=(),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per member university."""
        for item in universities():
            if item.member:
                yield Loaded((item.record(),))
