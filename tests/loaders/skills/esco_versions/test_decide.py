from __future__ import annotations

from pathlib import Path

import pytest

from loaders.skills.esco_versions.compare import Comparison, compare
from loaders.skills.esco_versions.decide import decide
from loaders.skills.esco_versions.decisions import Decided, read_decisions
from loaders.skills.esco_versions.mapping import EscoMapping, Fate, MappingError
from loaders.skills.esco_versions.versions import Version, VersionError, read_version
from tests.loaders.skills.esco_versions.conftest import Write, row, uri

OTHERS = row("kept", "plan work", "schedule work", text="Plan what is to be done.")
BROADER = "conceptType,conceptUri,broaderType,broaderUri\n"


def versions(write: Write, old: str, new: str, **more: str) -> tuple[Version, Version, Comparison]:
    before = read_version(write("v1.1", skills_en=old + OTHERS, **more))
    after = read_version(write("v1.2", skills_en=new + OTHERS))
    return before, after, compare(before, after)


def fate(write: Write, old: str, new: str, decided: dict[str, Decided] | None = None) -> Fate:
    before, after, comparison = versions(write, old, new)
    (only,) = decide(before, after, comparison, decided or {}).fates.values()
    return only


def test_the_number_of_a_version_is_in_its_files_names(write: Write) -> None:
    before, after, _ = versions(write, row("a", "x"), row("a", "x"))
    assert (before.number, after.number) == ("1.1", "1.2")


def test_files_without_concepts_are_no_version(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(VersionError, match="no concept of ESCO"):
        read_version([tmp_path])


def test_what_came_went_was_renamed_and_moved(write: Write) -> None:
    old = row("a", "read plans") + row("b", "weld steel") + row("c", "paint") + row("e", "cook")
    new = (
        row("a", "read  Plans")
        + row("b", "use welding robots")
        + row("d", "glue")
        + row("e", "cook", kind="knowledge")
    )
    _, _, comparison = versions(write, old, new)
    assert [entry.uri for entry in comparison.new] == [uri("d")]
    assert [entry.uri for entry in comparison.gone] == [uri("c")]
    (renamed,) = comparison.renamed  # case and blanks are no new name
    assert (renamed.uri, renamed.doubtful) == (uri("b"), True)
    (moved,) = comparison.moved
    assert (moved.uri, moved.what) == (uri("e"), "skill type")


def test_a_concept_under_another_parent_has_moved_unless_its_parent_is_gone(write: Write) -> None:
    names = row("a", "a1") + row("b", "b1") + row("p", "p1") + row("q", "q1")
    edge = "K,{},K,{}\n"
    before = read_version(write("v1", skills_en=names + row("gone", "g"), broaderRelationsSkillPillar=BROADER
        + edge.format(uri("a"), uri("p")) + edge.format(uri("b"), uri("gone"))))  # fmt: skip
    after = read_version(write("v2", skills_en=names, broaderRelationsSkillPillar_en=BROADER
        + edge.format(uri("a"), uri("q")) + edge.format(uri("b"), uri("q"))))  # fmt: skip
    assert [(move.uri, move.what) for move in compare(before, after).moved] == [(uri("a"), "hierarchy")]


def test_kinds_that_the_new_version_lacks_are_not_gone(write: Write) -> None:
    occupations = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\n"
    more = {"occupations_en": f"{occupations}Occupation,{uri('o', 'occupation')},2512,tester,,\n"}
    _, _, comparison = versions(write, row("a", "x"), row("a", "x"), **more)
    assert not comparison.gone
    assert comparison.uncovered == {"occupation": 1}
    assert any("no occupations" in remark for remark in comparison.remarks)


def test_the_name_taken_over_as_an_alternative_label_shows_the_successor(write: Write) -> None:
    found = fate(write, row("a", "wash decks", "scrub decks") + row("b", "clean ships"),
                 row("b", "clean ships", "wash decks", "scrub decks"))  # fmt: skip
    assert (found.kind, found.new_uris, found.decided_by) == ("merged", (uri("b"),), "evidence")
    assert found.confidence > 0.9
    assert "took over the preferred label 'wash decks'" in found.reasons[0]


def test_the_same_label_under_a_new_address(write: Write) -> None:
    found = fate(write, row("a", "Safety Engineering"), row("b", "safety engineering"))
    assert (found.kind, found.new_uris) == ("same", (uri("b"),))
    other = fate(
        write, row("a", "safety engineering", kind="knowledge"), row("b", "safety engineering")
    )
    assert other.kind == "moved"


def test_a_new_concept_with_the_old_name_among_its_names_was_renamed(write: Write) -> None:
    found = fate(write, row("a", "old words"), row("b", "new words", "old words"))
    assert (found.kind, found.new_names) == ("renamed", ("new words",))


def test_a_name_that_two_took_over_is_a_split(write: Write) -> None:
    old = row("a", "budget costs", "x") + row("b", "manage budgets") + row("c", "plan budgets")
    found = fate(
        write,
        old,
        row("b", "manage budgets", "budget costs") + row("c", "plan budgets", "budget costs"),
    )
    assert (found.kind, set(found.new_uris)) == ("split", {uri("b"), uri("c")})


def test_several_that_became_one_are_a_merger(write: Write) -> None:
    before, after, comparison = versions(
        write, row("a", "first") + row("b", "second"), row("c", "both", "first", "second")
    )
    fates = decide(before, after, comparison, {}).fates
    assert {one.kind for one in fates.values()} == {"merged"}


def test_a_description_that_was_added_to_another_shows_the_successor(write: Write) -> None:
    text = "Install sprinkler systems and adjust pumps, feeders, valves and pipes."
    old = row("a", "install sprinkler systems", text=text) + row(
        "b", "install irrigation", text="Shift water."
    )
    found = fate(write, old, row("b", "install irrigation", text=f"Shift water. {text}"))
    assert (found.kind, found.new_uris) == ("merged", (uri("b"),))


def test_a_description_that_is_merely_alike_shows_nothing(write: Write) -> None:
    text = "The system software {} consists of features, restrictions, architectures and other traits."
    old = row("a", "Red Phone", text=text.format("Red Phone")) + row(
        "b", "Blue Phone", text=text.format("Blue Phone")
    )
    found = fate(write, old, row("b", "Blue Phone", text=text.format("Blue Phone")))
    assert (found.kind, found.new_uris, found.confidence) == ("lost", (), 0)


def test_one_common_alternative_label_is_a_suggestion_only(write: Write) -> None:
    found = fate(
        write, row("a", "cut", "trim", "clip", "shear") + row("b", "shape"), row("b", "shape", "trim")
    )
    assert found.kind == "lost"
    assert [one.uri for one in found.suggestions] == [uri("b")]
    assert "confidence" in found.reasons[0]


def test_labels_of_another_kind_of_concept_are_no_evidence(write: Write) -> None:
    occupations = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\n"
    before = read_version(write("v1", skills_en=row("a", "tester") + OTHERS))
    after = read_version(
        write(
            "v2",
            skills_en=OTHERS,
            occupations_en=f"{occupations}Occupation,{uri('o', 'occupation')},2512,tester,,\n",
        )
    )
    (found,) = decide(before, after, compare(before, after), {}).fates.values()
    assert found.kind == "lost"


def test_what_esco_says_wins_over_evidence_and_is_followed_to_its_end(write: Write) -> None:
    before = read_version(write("v1", skills_en=row("a", "first") + OTHERS))
    table = (
        "Concept URI,Replaced by\n"
        + f"{uri('a')},{uri('b')}\n{uri('b')},{uri('c')}\n{uri('c')},{uri('b')}\n"
    )
    new = row("d", "decoy", "first") + row("c", "the end", status="released") + OTHERS
    after = read_version(write("v2", skills_en=new, **{"ESCO delta 1.1 to 1.2": table}))
    (found,) = decide(before, after, compare(before, after), {}).fates.values()
    assert (found.kind, found.new_uris, found.decided_by) == ("replaced", (uri("c"),), "ESCO")


def test_a_concept_marked_obsolete_is_gone_though_the_file_has_it(write: Write) -> None:
    found = fate(
        write,
        row("a", "wash decks"),
        row("a", "wash decks", status="obsolete") + row("b", "clean", "wash decks"),
    )
    assert found.new_uris == (uri("b"),)


def test_what_a_person_decided_wins_over_everything(write: Write) -> None:
    old, new = row("a", "wash decks"), row("b", "clean", "wash decks") + row("c", "mop")
    found = fate(write, old, new, {uri("a"): Decided([uri("c")], ["mopping it is"])})
    assert (found.kind, found.new_uris, found.decided_by) == ("replaced", (uri("c"),), "person")
    assert "mopping it is" in found.reasons
    split = fate(write, old, new, {uri("a"): Decided([uri("b"), uri("c")], [])})
    assert split.kind == "split"
    gone = fate(write, old, new, {uri("a"): Decided([], [])})
    assert (gone.kind, gone.decided_by) == ("lost", "person")


def test_a_decision_that_cannot_be_used_is_told(write: Write) -> None:
    old, new = row("a", "x"), row("b", "y")
    with pytest.raises(MappingError, match="has no concept"):
        fate(write, old, new, {uri("a"): Decided([uri("nowhere")], [])})
    with pytest.raises(MappingError, match="is not retired"):
        fate(write, old, new, {uri("kept"): Decided([uri("b")], [])})


def test_the_file_of_decisions(tmp_path: Path) -> None:
    path = tmp_path / "esco-decisions.csv"
    path.write_text(
        f"old_uri;new_uri;note\n{uri('a')};{uri('b')};so\n{uri('a')};{uri('c')};\n{uri('d')};;gone\n",
        encoding="utf-8",
    )
    decided = read_decisions(path)
    assert decided[uri("a")] == Decided([uri("b"), uri("c")], ["so"])
    assert decided[uri("d")] == Decided([], ["gone"])
    path.write_text(f"old_uri,new_uri\nx,{uri('b')}\n{uri('a')},{uri('a')}\n", encoding="utf-8")
    with pytest.raises(MappingError, match=r"line 2: 'x'(.|\n)*line 3: .* its own successor"):
        read_decisions(path)
    with pytest.raises(MappingError, match="There is no file"):
        read_decisions(tmp_path / "none.csv")


@pytest.mark.real_data
def test_from_1_1_1_to_1_2_0(shared_data: Path) -> None:
    old = read_version(sorted((shared_data / "esco").glob("*v1.1.1*.zip")))
    new = read_version(sorted((shared_data / "esco").glob("*v1.2.0*.zip")))
    comparison = compare(old, new)
    assert (len(comparison.new), len(comparison.gone), comparison.same) == (237, 194, 13_702)
    assert (old.number, new.number) == ("1.1.1", "1.2.0")
    mapping = decide(old, new, comparison, {})
    kinds = [one.kind for one in mapping.fates.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "merged": 144, "lost": 45, "split": 3, "renamed": 1, "same": 1,
    }  # fmt: skip
    names = {one.name: one.new_names for one in mapping.fates.values()}
    assert names["wash decks of ships"] == ("clean ships",)
    assert names["use e-services"] == ("use e-services",)
    assert names["Windows Phone"] == ()  # iOS and Android are described alike
    assert any("no hierarchy" in remark for remark in comparison.remarks)
    assert isinstance(mapping, EscoMapping)
