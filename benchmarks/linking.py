"""Show links at random with the words that led to them, for a person to judge.

Usage: python benchmarks/linking.py DATA_DIR [--sample 30] [--seed 1] [--relation teaches]
Write right or wrong beside each line; `docs/linking.md` tells what came of the last judgement.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from app.answers import live_store
from app.workspace import Workspace
from ontology import terms as t
from queries.labels import labels
from queries.library import load_library, run


def main() -> None:
    """Print the sample and the figures of the whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--relation", choices=["teaches", "requires", "aboutSkill"], default="teaches")
    parser.add_argument("--threshold", type=float, default=0.5)
    wish = parser.parse_args()
    library = load_library()
    cls = t.RESEARCH_OUTPUT if wish.relation == "aboutSkill" else t.COURSE
    with live_store(Workspace(wish.data_dir)) as store:
        subjects = [
            row["thing"].value
            for row in run(store, library.get("things-of-class"), {"class": cls}).rows
        ]
        found: dict[tuple[str, str], list[str]] = {}
        for subject in subjects:
            for row in run(store, library.get("links-of-subject"), {"subject": subject}).rows:
                counts = float(row["confidence"].value) >= wish.threshold
                if counts and row["relation"].value.endswith("#" + wish.relation) and "quote" in row:
                    key = (subject, row["skill"].value)
                    found.setdefault(key, []).append(f"{row['quote'].value!r} in {row['field'].value}")
        linked = {subject for subject, _ in found}
        print(f"{len(found):,} links of {len(linked):,} of {len(subjects):,} things: "
              f"{len(found) / max(len(subjects), 1):.2f} a thing")  # fmt: skip
        chosen = random.Random(wish.seed).sample(sorted(found), min(wish.sample, len(found)))
        names = labels(store, [iri for pair in chosen for iri in pair], "en")
        for subject, skill in chosen:
            words = "; ".join(found[subject, skill])
            print(f"[ ] {names.get(subject, subject)} → {names.get(skill, skill)}: {words}")


if __name__ == "__main__":
    main()
