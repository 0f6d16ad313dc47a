"""Cut the sample's excerpt out of the official ESCO CSV downloads.

    python sample/make_esco.py ZIP [ZIP …]

The zips are those of <https://esco.ec.europa.eu/en/use-esco/download>: the classification in CSV,
English and as many more languages as the sample should have, and the relations. v1.1 names its
relation tables without a language, v1.2 with `_en`; both are read.

`esco_selection.toml` names the occupations and skills. Kept are these, all that stands above them
and the relations among them: addresses, labels, codes, types and reuse levels. The texts of ESCO
(descriptions, definitions and scope notes) are left out. The same zips give the same files.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
LANGUAGES = ("en", "fi", "sv")
TEXTS = ("description", "definition", "scopeNote")
"""Columns that stay, but empty."""

BROADER = {
    "broaderRelationsSkillPillar": ("conceptUri", "broaderUri"),
    "broaderRelationsOccPillar": ("conceptUri", "broaderUri"),
}
RELATIONS = BROADER | {
    "occupationSkillRelations": ("occupationUri", "skillUri"),
    "skillSkillRelations": ("originalSkillUri", "relatedSkillUri"),
}
GROUPS = ("skillGroups", "ISCOGroups")
COLLECTIONS = ("digitalSkillsCollection", "greenSkillsCollection")


class Table:
    """One table of ESCO: its columns and rows."""

    def __init__(self, columns: Sequence[str], rows: list[dict[str, str]]) -> None:
        self.columns = columns
        self.rows = rows

    def keep(self, kept: Collection[str], *columns: str) -> Table:
        """Return the rows whose URIs in these columns are all kept, sorted, without texts."""
        rows = [
            {name: "" if name in TEXTS else value for name, value in row.items()}
            for row in self.rows
            if all(row[column] in kept for column in columns)
        ]
        return Table(self.columns, sorted(rows, key=lambda row: tuple(row.values())))

    def write(self, path: Path) -> None:
        """Write the table as UTF-8 CSV."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def read_tables(zips: Iterable[Path]) -> dict[str, Table]:
    """Read all tables of some zips, by file name without `.csv`.

    Relation tables lose the language of their name (`…Relations_en`), for they have none.
    """
    csv.field_size_limit(10**9)  # Some cells list thousands of addresses.
    tables: dict[str, Table] = {}
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if not name.endswith(".csv"):
                    continue
                text = io.TextIOWrapper(archive.open(name), encoding="utf-8-sig", newline="")
                reader = csv.DictReader(text)
                rows = list(reader)
                stem = Path(name).stem
                if stem.rpartition("_")[0] in RELATIONS:
                    stem = stem.rpartition("_")[0]
                tables.setdefault(stem, Table(reader.fieldnames or (), rows))
    return tables


def select(tables: dict[str, Table]) -> set[str]:
    """Return the URIs of all concepts of the excerpt.

    Raises:
        SystemExit: a label of the selection belongs to no concept, or to several.
    """
    wanted = tomllib.loads((HERE / "esco_selection.toml").read_text(encoding="utf-8"))
    kept = _by_label(tables["occupations_en"], wanted["occupations"])
    for labels in wanted["skills"].values():
        kept |= _by_label(tables["skills_en"], labels)
    broader: dict[str, set[str]] = {}
    for name, (narrow, broad) in BROADER.items():
        for row in tables[name].rows:
            broader.setdefault(row[narrow], set()).add(row[broad])
    new = kept
    while new:
        new = set().union(*(broader.get(uri, set()) for uri in new)) - kept
        kept = kept | new
    return kept


def _by_label(table: Table, labels: Iterable[str]) -> set[str]:
    found: dict[str, list[str]] = {}
    for row in table.rows:
        # ESCO's labels hold double and no-break blanks.
        found.setdefault(" ".join(row["preferredLabel"].split()), []).append(row["conceptUri"])
    uris: set[str] = set()
    for label in labels:
        named = found.get(label, [])
        if len(named) != 1:
            raise SystemExit(
                f"{label!r} of esco_selection.toml is the label of {len(named)} concepts in these "
                "zips; one is needed. Write the label as this version of ESCO has it."
            )
        uris.update(named)
    return uris


def schemes(table: Table, kept: Collection[str], used: Collection[str]) -> Table:
    """Return the concept schemes that kept concepts name, with the kept ones of their tops."""
    small = table.keep(used, "conceptSchemeUri")
    for row in small.rows:
        tops = [top for top in re.split(r"[,\s]+", row["hasTopConcept"]) if top in kept]
        row["hasTopConcept"] = ",\n".join(sorted(tops))
    return small


def write_excerpt(tables: dict[str, Table], target: Path) -> None:
    """Write the excerpt below `target`, as `classification/` and `relations/`."""
    kept = select(tables)
    classification, relations = target / "classification", target / "relations"
    for folder in (classification, relations):
        folder.mkdir(parents=True, exist_ok=True)
    labels = [f"{stem}_{language}" for stem in ("skills", "occupations") for language in LANGUAGES]
    used: set[str] = set()
    for name in (*labels, *(f"{stem}_en" for stem in (*GROUPS, *COLLECTIONS))):
        table = tables[name].keep(kept, "conceptUri")
        table.write(classification / f"{name}.csv")
        for row in table.rows:
            used.update(re.split(r"[,\s]+", row.get("inScheme", "")))
    schemes(tables["conceptSchemes_en"], kept, used).write(classification / "conceptSchemes_en.csv")
    for name, columns in RELATIONS.items():
        tables[name].keep(kept, *columns).write(relations / f"{name}.csv")


def main() -> None:
    """Read the zips of the command line and write the excerpt beside this file."""
    parser = argparse.ArgumentParser(description="Cut the sample's excerpt out of ESCO.")
    parser.add_argument("zips", nargs="+", type=Path, help="the official CSV downloads of ESCO")
    write_excerpt(read_tables(parser.parse_args().zips), HERE / "esco")


if __name__ == "__main__":
    main()
