"""Where the Turtle files of the ontology lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_HOME = Path(str(files("ontology")))


def ontology_file() -> Path:
    """Return the path of the OWL ontology."""
    return _HOME / "fitech.ttl"


def vocabulary_files() -> list[Path]:
    """Return the paths of the small SKOS vocabularies, sorted by name."""
    return sorted((_HOME / "vocab").glob("*.ttl"))


def shape_files() -> list[Path]:
    """Return the paths of the SHACL shapes, one file per class, sorted by name."""
    return sorted((_HOME / "shapes").glob("*.ttl"))


def model_files() -> list[Path]:
    """Return what belongs into the graph that describes the model: ontology and vocabularies."""
    return [ontology_file(), *vocabulary_files()]


def reasoned_files() -> list[Path]:
    """Return what the reasoner looks at.

    Public code lists hold no axioms, and with them it takes ten times as long.
    """
    return [ontology_file(), _HOME / "vocab" / "link-status.ttl"]
