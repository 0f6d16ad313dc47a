"""Short digests that tell whether a link that was found before is still what a linker would find now.

Three things decide: the texts of the subject (`subject_digest`), and for all subjects together the
linker with everything it was taught and the skills that it may find (`linker_digest`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b, sha256
from importlib.resources import files

from loaders.linking.base import Linker, SkillInfo, SkillLabel, Subject

_KINDS = (".py", ".toml", ".json", ".npy")
_STOP = b"\x1f"


def subject_digest(subject: Subject) -> bytes:
    """Return 16 bytes that change when anything changes that a linker reads of a subject."""
    digest = blake2b(digest_size=16)
    for part in (
        subject.kind,
        *(part for text in subject.texts for part in (text.field, text.language, text.text)),
        "",
        *(part for outcome in subject.outcomes.items() for part in outcome),
    ):
        digest.update(part.encode())
        digest.update(_STOP)
    return digest.digest()


def linker_digest(
    linker: Linker, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo]
) -> str | None:
    """Return what the links of a linker depend on beside the texts, or None if that is not known.

    Args:
        linker: its `state()`, if it has one, tells what else counts: learned weights, the model; None
            says that its answers come from a place that may change without telling (a server).
        labels: every name of every skill, in the order in which the linker gets them.
        concepts: what else is known of the skills.
    """
    state = linker.state() if hasattr(linker, "state") else ""
    if state is None:
        return None
    digest = sha256(f"{linker.name}|{linker.version}|{state}|{_program()}".encode())
    for label in labels:
        digest.update(repr(label).encode())
    for info in concepts:
        digest.update(repr(info).encode())
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _program() -> str:
    """Return a digest of the linkers' own files, so that no change of a rule can be forgotten."""
    digest = sha256()
    for entry in sorted(files("loaders.linking").iterdir(), key=lambda found: found.name):
        if entry.is_file() and entry.name.endswith(_KINDS):
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
    return digest.hexdigest()
