"""What people's decisions taught a linker, in the data directory: `linking/rerank.json`.

The file holds weights for wholes (`whole.py`), and what people say of single concepts, for the sets of
features `hybrid` and `lexical`. They count only beside the shipped weights from which they were
learned: after an update of the program that brings others, `fitech link retrain` learns them anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from loaders.linking.cache import keep
from loaders.linking.rerank import Weights

FOLDER = "linking"
FILE, FORMER = "rerank.json", "rerank.former.json"


class LearnedError(Exception):
    """The learned weights cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights that people's decisions taught, and how they came about."""

    weights: Weights
    concepts: Mapping[str, float]
    """ESCO URI → what people's word on this concept adds to the log-odds of its links."""
    base: str
    """Digest of the shipped weights from which they were learned."""
    date: str
    """Day on which they were learned, ISO 8601."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Linker, number of judgements, digest of the skills, figures of the held-out part."""

    def digest(self) -> str:
        """Return what changes when the weights do."""
        return _digest(self.to_json(told=False))

    def to_json(self, *, told: bool = True) -> dict[str, Any]:
        """Return plain values; `told`: also when and how they came about."""
        values = {
            **self.weights.to_json(),
            "concepts": dict(sorted(self.concepts.items())),
            "base": self.base,
        }
        return {"date": self.date, "about": dict(self.about), **values} if told else values

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Learned:
        """Read what `to_json` gave."""
        return cls(
            weights=Weights.from_json(data),
            concepts={str(skill): float(shift) for skill, shift in data["concepts"].items()},
            base=str(data["base"]),
            date=str(data["date"]),
            about=dict(data["about"]),
        )


def adjusted(shift: float, probability: float) -> float:
    """Return a probability whose log-odds are moved by what people said of its skill elsewhere."""
    if not shift or not 0.0 < probability < 1.0:
        return probability
    return 1.0 / (1.0 + math.exp(-math.log(probability / (1.0 - probability)) - shift))


def weights_digest(weights: Weights) -> str:
    """Return what changes when the weights do."""
    return _digest(weights.to_json())


def _digest(data: Mapping[str, Any]) -> str:
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def read_learned(folder: Path) -> dict[str, Learned]:
    """Return name of a set of features → what was learned for it, from a data directory.

    Raises:
        LearnedError: the file is damaged.
    """
    path = folder / FOLDER / FILE
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): Learned.from_json(each) for name, each in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LearnedError(
            f"{path} cannot be read ({error!r}). Go back with: fitech link retrain --undo"
        ) from None


def install(folder: Path, name: str, learned: Learned) -> None:
    """Let what was learned for a set of features count from now on; the former file is kept."""
    path = folder / FOLDER / FILE
    try:
        sets = read_learned(folder)
    except LearnedError:
        sets = {}
    sets[name] = learned
    if path.exists():
        keep(path.with_name(FORMER), path.read_bytes())
    data = {name: each.to_json() for name, each in sorted(sets.items())}
    keep(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def undo(folder: Path) -> bool | None:
    """Go back to the former weights.

    Returns:
        True: to those learned before; False: to the shipped ones; None: nothing was learned.
    """
    path = folder / FOLDER / FILE
    former = path.with_name(FORMER)
    if former.exists():
        former.replace(path)
        return True
    if not path.exists():
        return None
    path.unlink()
    return False
