"""Read the statements of an RDF file of any format as a stream.

A file is read at full speed until its parser gives up; then it is read once more in pieces, and each
piece that cannot be read is told. So statements may come twice: whoever reads them must not mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import RdfFormat

from loaders.base import Problem
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import broken_file
from loaders.readers.rdf import jsonld, turtle, xml
from loaders.readers.rdf.base import Found, opened

_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "turtle": RdfFormat.TURTLE,
    "n3": RdfFormat.N3,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "xml": RdfFormat.RDF_XML,
    "owl": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "json": RdfFormat.JSON_LD,
}
RDF_PATTERNS = tuple(f"*.{suffix}" for suffix in _FORMATS)


def read_statements(file: SourceFile) -> Iterator[Found]:
    """Yield the statements of a file, and a `Damage` for each piece that cannot be read.

    A `Problem` tells that the file as a whole cannot be read (further): it breaks off, its format is
    not known, or its JSON-LD context is kept elsewhere (nothing is fetched).
    """
    try:
        form = _format(file)
        if form is None:
            reason = "The format of the file cannot be told from its name or its beginning."
            remedy = f"Give it the ending of its format: {', '.join(_FORMATS)}."
            yield Problem(file.name, "", "", reason, remedy)
        elif form == RdfFormat.JSON_LD:
            yield from jsonld.read(file)
        elif form == RdfFormat.RDF_XML:
            yield from xml.read(file)
        else:
            yield from turtle.read(file, form)
    except BROKEN_FILE as error:
        yield broken_file(file, error)


def _format(file: SourceFile) -> RdfFormat | None:
    suffix = file.plain_name.rpartition(".")[2].lower()
    if suffix in _FORMATS:
        return _FORMATS[suffix]
    with opened(file) as raw:
        start = raw.read(4096).lstrip()
    if start.startswith((b"{", b"[")):
        return RdfFormat.JSON_LD
    if re.match(rb"<\?xml|<[\w.-]*:?RDF\b|<!--", start):
        return RdfFormat.RDF_XML
    return RdfFormat.TURTLE if re.match(rb"@(?:prefix|base)|PREFIX|BASE|<|#", start) else None
