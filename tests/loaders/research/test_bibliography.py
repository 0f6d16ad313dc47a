from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Loaded, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from loaders.texts.latex import latex_text, verbatim_text

ARTICLE = r"""
% Encoding: UTF-8
@string{jw = "Journal of " # {Winds}}
@comment{jabref-meta: databaseType:bibtex;}
@preamble{"\newcommand{\noop}[1]{}"}

@Article{metsa2021heat,
  author   = {Mets{\"a}, Maija and Ville Virta and {The Wind Collaboration} and {\AA}strand, Jr, {\"O}rjan and others},
  title    = {Heat in {$^3$He} \& {W}ind -- a Study of the Sea},
  journal  = jw,
  year     = 2021,
  month    = mar,
  day      = {1},
  doi      = {https://doi.org/10.5555/Wind\_1},
  issn     = "0378-7788, 1872-6178",
  keywords = {heat, wind power, heat},
  abstract = {We study the heat of the wind
              and of the sea, with 50\% care.},
  language = {english},
  orcid-numbers = {Mets{\"a}, Maija/0000-0002-1825-0097},
  note     = {private remark}
}
"""  # fmt: skip
RIS = """TY  - JOUR
ID  - metsa2021
T1  - Heat & wind: a study of the sea
AU  - Metsä, Maija
AU  - Virta, Ville
A2  - Editor, Eva
T2  - Journal of Winds
PY  - 2021/03/01/
DO  - 10.5555/Wind_1
SN  - 0378-7788
KW  - heat
wind power
KW  - sea
AB  - We study the heat of the wind
and of the sea.
LA  - en
UR  - https://example.org/wind
PB  - Example Press
ER  -
"""


def works(found) -> list[ResearchOutput]:
    return found.of(ResearchOutput)


def test_an_article_in_bibtex(read) -> None:
    found = read("bibliography", {"a.bib": ARTICLE}, {"university": "aalto"})
    (work,) = works(found)
    assert work == ResearchOutput(
        key="doi-10.5555/wind_1",
        title={"en": "Heat in ³He & Wind – a Study of the Sea"},
        creators=("orcid-0000-0002-1825-0097", *work.creators[1:]),
        organisations=("aalto",),
        abstract={"en": "We study the heat of the wind and of the sea, with 50% care."},
        topics=("heat", "wind power"),
        year=2021,
        published=date(2021, 3, 1),
        output_type="journal article",
        language="en",
        doi="10.5555/wind_1",
        homepage="https://doi.org/10.5555/wind_1",
        container="Journal of Winds",
        issns=("0378-7788", "1872-6178"),
    )
    assert [one.name for one in found.of(Person)] == ["Maija Metsä", "Ville Virta", "Örjan Åstrand Jr"]
    assert [place.key for place in found.of(Organisation)] == ["aalto"]
    assert not found.warnings
    assert not found.problems
    assert len(found.all) == 1  # strings, comments and preambles are no entries
    assert "private remark" not in repr(found.records)


def test_the_same_work_in_ris(read) -> None:
    found = read("bibliography", {"a.ris": RIS})
    (work,) = works(found)
    assert work.key == "doi-10.5555/wind_1"
    assert work.title == {"en": "Heat & wind: a study of the sea"}
    assert work.published == date(2021, 3, 1)
    assert work.topics == ("heat", "wind power", "sea")
    assert work.abstract == {"en": "We study the heat of the wind\nand of the sea."}
    assert (work.container, work.publishers, work.issns) == (
        "Journal of Winds",
        ("Example Press",),
        ("0378-7788",),
    )
    assert [one.name for one in found.of(Person)] == ["Maija Metsä", "Ville Virta"]


def test_without_a_doi_the_key_stays_the_same(read) -> None:
    entry = "@misc{own2020, title = {Our report}, year = 2020}"
    (first,) = works(read("bibliography", {"a.bib": entry}))
    (again,) = works(
        read("bibliography", {"b.bib": "\n\n" + entry.replace("{Our report}", '"Our report"')})
    )
    assert first.key == again.key
    assert first.key.startswith("bibliography-")
    found = read("bibliography", {"c.bib": entry + "\n" + entry})
    assert found.skipped == ["an entry that stood in the list before"]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("@inproceedings{a, title={T}, booktitle={B}}", "conference paper"),
        ("@phdthesis{a, title={T}, school={Aalto}}", "doctoral thesis"),
        ("@thesis{a, title={T}, type={Master's thesis}}", "master thesis"),
        ("@book{a, title={T}}", "book"),
        ("@misc{a, title={T}}", None),
        ("@misc{a, title={T}, eprint={2101.00001}, archivePrefix={arXiv}}", "preprint"),
        ("@unknowntype{a, title={T}}", "unknowntype"),
        ("TY  - CHAP\nTI  - T\nER  - \n", "book part"),
        ("TY  - THES\nTI  - T\nM3  - PhD\nER  - ", "doctoral thesis"),
        ("TY  - GEN\nTI  - T\nER  -", None),
    ],
)
def test_types(read, entry, kind) -> None:
    (work,) = works(read("bibliography", {"a.txt": entry}))
    assert work.output_type == kind


def test_numbers_and_addresses(read) -> None:
    text = """@book{a, title={T}, isbn={978-92-95055-02-5}, url={https://urn.fi/URN:NBN:fi-fe2020123}, pmid={123}}
@incollection{b, title={Part}, isbn={978-92-95055-02-5}, crossref={a}}
@article(c, title="Round brackets", url = {https://doi.org/10.5555/XYZ}, number = {3})
@misc{d, title={P}, eprint={2101.00001v2}, archiveprefix={arXiv}}"""
    book, part, article, preprint = works(read("bibliography", {"a.bib": text}))
    assert set(book.identifiers) == {"urn:isbn:9789295055025", "urn:nbn:fi-fe2020123", "pmid:123"}
    assert part.identifiers == ()
    assert part.container == "T"
    assert article.key == "doi-10.5555/xyz"
    assert "arxiv:2101.00001" in preprint.identifiers


@pytest.mark.parametrize(
    ("fields", "year", "day"),
    [
        ("date = {2020-05-06}", 2020, date(2020, 5, 6)),
        ("date = {2020-05/2020-07}", 2020, None),
        ("year = {2020}, month = {12}", 2020, None),
        ("year = {c2020}", 2020, None),
    ],
)
def test_dates(read, fields, year, day) -> None:
    (work,) = works(read("bibliography", {"a.bib": f"@misc{{a, title={{T}}, {fields}}}"}))
    assert (work.year, work.published) == (year, day)


def test_the_parts_of_a_volume_inherit(read) -> None:
    text = "@inproceedings{p, title={Paper}, crossref={vol}}\n@proceedings{vol, title={Winds 2020}, year={2020}, publisher={Press}}"
    paper, volume = works(read("bibliography", {"a.bib": text}))
    assert (paper.container, paper.year, paper.publishers) == ("Winds 2020", 2020, ("Press",))
    assert volume.output_type == "conference proceedings"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ("doi = {none}", "doi"),
        ("year = {in press}", "year"),
        ("issn = {1234-0000}", "issn"),
        ("language = {klingonish}", "language"),
        ("author = {A, B}, orcid = {0000-0002-1825-0098}", "orcid"),
    ],
)
def test_a_fault_in_a_field_is_a_warning(read, fields, where) -> None:
    found = read("bibliography", {"a.bib": f"@article{{a, title={{T}}, {fields}}}"})
    assert [warning.field for warning in found.warnings] == [where]
    assert len(works(found)) == 1


def test_encodings(read) -> None:
    latin = "% Encoding: ISO8859_1\n@misc{a, title={Työ}}\n@misc{b, title={Åbo}}".encode("latin-1")
    assert [work.title["und"] for work in works(read("bibliography", {"a.bib": latin}))] == [
        "Työ",
        "Åbo",
    ]
    found = read("bibliography", {"b.bib": latin.partition(b"\n")[2]})
    assert all("Windows-1252" in problem.reason for problem in found.problems)
    assert len(found.problems) == 2
    marked = "\ufeffTY  - JOUR\r\nTI  - Työ\r\nER  - \r\n".encode()
    assert works(read("bibliography", {"c.ris": marked}))[0].title == {"und": "Työ"}


def test_lists_as_people_write_them(read) -> None:
    text = """@article{a, title={A}, abstract={Code:
@article{x, title={inner}}
 end}, year=2020}
%@article{old, title={Old}}
@article{, title={Without key}, year=2020}
@article{title={Without key or comma}}
@article
{my key, title={B}, % a remark
  % doi = {10.5555/no},
  author={Metsä, Maija; Virta, Ville}, howpublished={\\url{https://example.org/x}}}
@article{c, title={C}, author={given=Simon, prefix=de, family=Beumont and King, Jr., Martin}, journal={arXiv preprint arXiv:2101.00001}}
"""
    found = read("bibliography", {"a.bib": text})
    assert not found.problems
    titles = [next(iter(work.title.values())) for work in works(found)]
    assert titles == ["A", "Without key", "Without key or comma", "B", "C"]
    assert works(found)[3].homepage == "https://example.org/x"
    assert [one.name for one in found.of(Person)] == [
        "Maija Metsä",
        "Ville Virta",
        "Simon de Beumont",
        "Martin King Jr.",
    ]
    assert (works(found)[4].output_type, works(found)[4].identifiers) == (
        "preprint",
        ("arxiv:2101.00001",),
    )


def test_entries_without_a_key_are_told_apart_by_their_journal(read) -> None:
    text = "".join(f"TY  - JOUR\nTI  - Editorial\nPY  - 2020\nJO  - J{n}\nER  - \n" for n in (1, 2, 2))
    found = read("bibliography", {"a.ris": text})
    assert len(works(found)) == 2
    assert len(found.skipped) == 1


def test_what_is_no_list_is_told_and_nothing_is_nothing(read) -> None:
    (problem,) = read("bibliography", {"a.bib": "<html>not found</html>"}).problems
    assert problem.record == ""
    assert "neither BibTeX nor RIS" in problem.reason
    assert read("bibliography", {"b.bib": " \n"}).all == []
    found = read("bibliography", {"c.bib": "@misc{a, year = 2020}\n@periodical{j, title={J}}"})
    assert [problem.field for problem in found.problems] == ["title"]
    assert len(found.skipped) == 1


BIB = [
    "@article{{k{n},\n  author = {{Mets{{\\\"a}}, Maija and Virta, V.}},\n  title = {{The Title {n} of \"it\"}},\n"
    "  journal = \"Journal\",\n  year = {n}99{n},\n  abstract = {{First line\n\n  second @ line}}\n}}\n".replace("{n}99{n}", "199{n}")
    .replace("{n}", str(n)).replace("{{", "{").replace("}}", "}")
    for n in range(6)
]  # fmt: skip
RIS_LIST = [
    RIS.replace("Heat", f"Heat {n}").replace("Wind_1", f"wind.{n}").replace("metsa", f"k{n}") + "\n"
    for n in range(6)
]


@pytest.mark.parametrize("place", [0, 2, 5])
@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t.replace("@article{", "article{"),
        lambda t: t.replace("@article{", "@article"),
        lambda t: t.rstrip().removesuffix("}") + "\n",
        lambda t: t.replace("author = {", "author = "),
        lambda t: t.replace("title = {", "title = {{"),
        lambda t: t.replace("Virta, V.}", "Virta, V."),
        lambda t: t.replace("Virta, V.}", "Virta, V.}}"),
        lambda t: t.replace('"Journal"', '"Journal'),
        lambda t: t.replace("year =", "year"),
        lambda t: t.replace("title =", "titel ="),
        lambda t: t.replace("Title", "T\udce4tle"),
        lambda t: t[:60] + "\n",
        lambda t: t.replace(",\n  author", "\n  author"),
    ],
)
def test_a_damaged_entry_costs_itself_only(read, place, damage) -> None:
    entries = list(BIB)
    entries[place] = damage(entries[place])
    assert entries[place] != BIB[place]
    text = "\n".join(entries).encode("utf-8", "surrogateescape")
    found = read("bibliography", {"a.bib": text})
    assert len(found.all) == 6, [str(p) for p in found.problems]
    assert [n for n, item in enumerate(found.all) if isinstance(item, Problem)] == [place]
    assert "please report" not in found.problems[0].remedy


@pytest.mark.parametrize("place", [0, 2, 5])
@pytest.mark.parametrize("damage", [
    lambda t: t.replace("TY  - JOUR\n", ""), lambda t: t.replace("ER  -", ""), lambda t: t.replace("TY  - JOUR", "TY JOUR"),
    lambda t: t.replace("T1  -", "T1"), lambda t: t.replace("Journal", "J\udce4rnal"), lambda t: t[:60] + "\n",
])  # fmt: skip
def test_a_damaged_entry_of_ris_costs_itself_only(read, place, damage) -> None:
    entries = list(RIS_LIST)
    entries[place] = damage(entries[place])
    found = read("bibliography", {"a.ris": "".join(entries).encode("utf-8", "surrogateescape")})
    assert len(found.all) == 6
    assert [n for n, item in enumerate(found.all) if isinstance(item, Problem)] == [place]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["bib", "ris"]),
    st.integers(0, 5),
    st.integers(0, 10_000),
    st.sampled_from(["", "{", "}", '"', ",", "=", "\\", "x", "\n", "-"]),
)
def test_counts_hold_under_one_damage(tmp_path_factory, form, place, at, sign) -> None:
    entries = list(BIB if form == "bib" else RIS_LIST)
    text = entries[place]
    at = 2 + at % (len(text.rstrip()) - 4)
    entries[place] = text[:at] + sign + text[at + 1 :]
    path = tmp_path_factory.mktemp("one") / f"a.{form}"
    path.write_text("\n".join(entries) if form == "bib" else "".join(entries))
    found = list(get_loader("bibliography").read([SourceFile(path)], {}))
    assert len(found) == 6
    assert {n for n, item in enumerate(found) if isinstance(item, Problem)} <= {place}


def test_several_entries_on_one_line(read) -> None:
    entries = [entry.replace("\n", " ") for entry in BIB]
    assert len(works(read("bibliography", {"a.bib": "".join(entries)}))) == 6
    entries[2] = entries[2].replace("}}", "}").replace("title = {", "title = ")
    found = read("bibliography", {"b.bib": "".join(entries)})
    assert [isinstance(item, Problem) for item in found.all] == [False] * 2 + [True] + [False] * 3


@settings(max_examples=200, deadline=None)
@given(
    st.text('@{}",=#\\ab1 \n-TYER', max_size=80),
    st.sampled_from(["", "@misc{a, title={", "TY  - JOUR\nTI  - x\n"]),
)
def test_any_text_gives_outcomes_that_can_be_mapped(tmp_path_factory, text, start) -> None:
    path = tmp_path_factory.mktemp("any") / "a.bib"
    path.write_text(start + text)
    for outcome in get_loader("bibliography").read([SourceFile(path)], {}):
        if isinstance(outcome, Loaded):
            for record in outcome.records:
                list(to_triples(record, Identifiers()))
        else:
            assert "please report" not in outcome.remedy


def test_shuffled_fields_never_reach_the_safety_net(tmp_path: Path) -> None:
    dice = random.Random(7)
    names = ["author", "title", "year", "date", "doi", "issn", "isbn", "url", "keywords", "month", "type", "eprint",
             "archiveprefix", "orcid-numbers", "author+an", "crossref", "language", "pmid", "urn", "publisher"]  # fmt: skip
    strange = [
        "",
        "{}",
        "a and ",
        " and ",
        "," * 5,
        "x" * 20_000,
        "http://x/ y",
        "10.1/x",
        "9999",
        "$",
        "\\",
        '{\\"',
        "–",
        "1=0000-0002-1825-0097",
        "\x00",
    ]
    entries = []
    for n in range(300):
        chosen = [f"{name} = {{{dice.choice(strange)}}}" for name in dice.sample(names, 6)]
        entries.append(f"@misc{{k{n}, title = {{T{n}}}, {', '.join(chosen)}}}")
    path = tmp_path / "a.bib"
    path.write_text("\n".join(entries))
    outcomes = list(get_loader("bibliography").read([SourceFile(path)], {}))
    assert len(outcomes) == 300
    for outcome in outcomes:
        assert isinstance(outcome, Loaded) or "please report" not in outcome.remedy


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\"a}it{\"o}n Ty{\"{o}}", "äitön Työ"),
        (r"{\AA}bo, \aa{}land \o re {\ss} \L{}\'od\'z", "Åbo, åland øre ß Łódź"),
        (r"\v{S}koda \c{c}a \H{o} Ko\v ci\'{c} na{\"\i}ve", "Škoda ça ő Kočić naïve"),
        (r"The {NASA} {P}roject -- ``quoted'' and 50\% \& more --- end", "The NASA Project – “quoted” and 50% & more — end"),
        (r"$\alpha^{2}$-H$_2$O at 5~$^\circ$C", "α²-H₂O at 5 °C"),
        (r"\textit{E. coli} \emph{x} 10\textsuperscript{5} \href{http://x}{link}", "E. coli x 10⁵ link"),
        (r"costs \$5, a_b and \{x\} \# \_", "costs $5, a_b and {x} # _"),
        ("no TeX under $5", "no TeX under $5"),
        (r"$O(n\log n)$", "O(nlog n)"),
    ],
)  # fmt: skip
def test_tex_becomes_text(tex: str, text: str) -> None:
    assert latex_text(tex) == text


def test_entries_in_a_comment_are_passed_over(read) -> None:
    text = "@comment{jabref-meta: x;} @misc{z, title={Z}}\n@comment{\n@misc{old, title={Old}}\n}\n@misc{a, title={A}}"
    found = read("bibliography", {"a.bib": text})
    assert found.skipped == ["an entry that is commented out"]
    assert [work.title["und"] for work in works(found)] == ["Z", "A"]
    lost = read("bibliography", {"b.bib": "@comment{ no end\n@misc{b, title={B}}\n@misc{a, title={A}}"})
    assert len(works(lost)) == 2


def test_entries_in_remarks_are_none(read) -> None:
    text = (
        "@misc{a, title={A}}\n%@misc{b,\n  title = {B},\n}\n% @misc{c, title={C}}\n@misc{d, title={D}}"
    )
    found = read("bibliography", {"a.bib": text})
    assert [work.title["und"] for work in works(found)] == ["A", "D"]
    assert not found.problems


def test_endless_texts_take_no_time(read) -> None:
    long = "x" * 200_000
    names = ("author", "orcid-numbers", "author+an", "howpublished", "journal", "affiliations", "date")
    fields = ", ".join(f"{name}={{{long}}}" for name in names)
    assert len(read("bibliography", {"a.bib": f"@misc{{a, title={{T}}, {fields}}}"}).all) == 1


def test_a_damaged_entry_on_a_line_of_several_costs_itself_only(read) -> None:
    text = "list: @misc{a, title={A, year=2020} @misc{b, title={B}, year=2020} @misc{c, title={C}}"
    found = read("bibliography", {"a.bib": text})
    assert len(found.problems) == 1
    assert [work.title["und"] for work in works(found)] == ["B", "C"]


def test_abbreviations(read) -> None:
    texts = {
        "a.bib": "@string{jw = {Journal of Winds}}\n@string{bad = {x\n@article{a, title={A}, journal=JW}\n"
        "@article{b, title={B}, journal=bad}\n@article{c, title={C}, journal=nowhere}\n@article{d, title={D}, journal=far}",
        "b.bib": "@string(far = {Far Away})",
    }
    found = read("bibliography", texts)
    assert [work.container for work in works(found)] == [
        "Journal of Winds",
        "bad",
        "nowhere",
        "Far Away",
    ]
    damaged, undefined = (str(warning) for warning in found.warnings)
    assert "its @string on line 2 is damaged" in damaged
    assert "no @string" in undefined
    assert not found.problems  # an @string is no entry


def test_a_citation_key_used_twice_is_told(read) -> None:
    text = "@misc{a, title={A}}\n@misc{a, title={Other}}\n@misc{a, title={A}, title={B}}"
    found = read("bibliography", {"a.bib": text})
    assert found.skipped == [
        "an entry whose citation key another work in its file has",
        "an entry that stood in the list before",
    ]
    assert "passed over" in found.warnings[0].reason
    twice = read("bibliography", {"b.bib": "@misc{a, title={A}, title={B}}"})
    assert [warning.field for warning in twice.warnings] == ["title"]


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ("year=2020, month={March}, day=3", date(2020, 3, 3)),
        ('year=2020, month="10~" # jan', date(2020, 1, 10)),
        ("Year={{2020}}, Month={{MAR 3}}", date(2020, 3, 3)),
        ("year=2020, month={3}, day={4}", date(2020, 3, 4)),
        ("year=2020, month={10--12 March}", None),
        ("year=2020, month={marraskuu}, day=3", None),
        ("year=2020, month={March/April}", None),
    ],
)
def test_months(read, fields, day) -> None:
    (work,) = works(read("bibliography", {"a.bib": f"@misc{{a, title={{T}}, {fields}}}"}))
    assert (work.year, work.published) == (2020, day)


@pytest.mark.parametrize(
    ("lines", "year", "day"),
    [
        ("PY  - 2020///", 2020, None),
        ("Y1  - 2020/05/12/Spring", 2020, date(2020, 5, 12)),
        ("DA  - 12 May 2020", 2020, date(2020, 5, 12)),
        ("PY  - 2020\nDA  - May 12", 2020, date(2020, 5, 12)),
        ("PY  - 2020\nDA  - 2019/12/31", 2020, None),
        ("PY  - 2020\nY2  - 2021/01/01", 2020, None),
    ],
)
def test_dates_of_ris(read, lines, year, day) -> None:
    found = read("bibliography", {"a.ris": f"TY  - JOUR\nTI  - T\n{lines}\nER  - \n"})
    (work,) = works(found)
    assert (work.year, work.published) == (year, day)
    assert not found.warnings


def test_lines_that_only_look_like_tags(read) -> None:
    text = (
        "Provider: X\nTY  - JOUR\nTI  - T\nAB  - PD-L1 and\nUV - light\nER - stress\nPMID  - 7\nmore\n"
        "AU - Virta, V.\nER  - \n"
    )
    found = read("bibliography", {"a.ris": text})
    (work,) = works(found)
    assert list(work.abstract.values()) == ["PD-L1 and\nUV - light\nER - stress"]
    assert [one.name for one in found.of(Person)] == ["V. Virta"]
    spaced = read("bibliography", {"b.ris": "TY - JOUR\nTI - T\nAU - Metsä, Maija\nER -\n"})
    assert [one.name for one in spaced.of(Person)] == ["Maija Metsä"]


def test_exports_of_citation_databases(read) -> None:
    text = """@ARTICLE{s1,
 author={Metsä, M.}, title={Study of the wind}, doi={10.1007/x{\\_}1}, author_keywords={Wind; Sea}, keywords={Air},
 affiliations={School of X, Aalto University, Espoo, Finland; LUT University, Lappeenranta, Finland}}
@article{ WOS:1,
Author = {Metsa, Maija and King, Martin}, Title = {The study}, ISSN = {{0378-7788}}, EISSN = {{1872-6178}},
Keywords = {{wind; sea}}, ORCID-Numbers = {{Metsa, Maija/0000-0002-1825-0097}}}
@phdthesis{t, title={Thesis}, school={Aalto University}}
@book{b, title={Book}, xdata={x}, keywords={{energy, old}, sea}}
@xdata{x, publisher={Press}, year=2020}
@article{e, title={Printed}, journal={Nature}, eprint={2101.00001}, archiveprefix={arXiv}}"""
    found = read("bibliography", {"a.bib": text}, {"language": "en"})
    scopus, wos, thesis, book, printed = works(found)
    assert (scopus.doi, scopus.topics) == ("10.1007/x_1", ("Wind", "Sea", "Air"))
    assert scopus.organisations == ("aalto", "lut")
    assert (wos.issns, wos.topics) == (("0378-7788", "1872-6178"), ("wind", "sea"))
    assert wos.creators[0] == "orcid-0000-0002-1825-0097"
    assert (thesis.organisations, thesis.publishers) == (("aalto",), ("Aalto University",))
    assert (book.publishers, book.year, book.topics) == (("Press",), 2020, ("energy, old", "sea"))
    assert (printed.output_type, printed.identifiers) == ("journal article", ())
    assert book.title == {"en": "Book"}
    assert book.language is None
    (refused,) = read("bibliography", {"a.bib": text}, {"language": "klingonish"}).problems
    assert "option `language`" in refused.reason


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Metsä M., Virta V., Joki J.", ["Metsä M.", "Virta V.", "Joki J."]),
        ("van der Berg, Jan and Ludwig von Beethoven", ["Jan van der Berg", "Ludwig von Beethoven"]),
        ("{Ministry of Education and Culture} and {de la Cruz}, M", ["M de la Cruz"]),
        ("Metsä, Maija and others", ["Maija Metsä"]),
    ],
)
def test_bylines(read, author, names) -> None:
    found = read("bibliography", {"a.bib": f"@misc{{a, title={{T}}, author={{{author}}}}}"})
    assert [one.name for one in found.of(Person)] == names


def test_a_byline_that_cannot_be_parted_is_told(read) -> None:
    found = read(
        "bibliography", {"a.bib": "@misc{a, title={T}, author={one, two of, three, four, five}}"}
    )
    assert [warning.field for warning in found.warnings] == ["author"]


def test_a_file_that_breaks_off(read) -> None:
    packed = gzip.compress("\n".join(BIB * 400).encode())
    found = read("bibliography", {"a.bib.gz": packed[: len(packed) // 2]})
    (problem,) = found.problems
    assert problem.record == ""
    assert works(found)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"10.1007/x{\_}y\_z", "10.1007/x_y_z"),
        (r"\url{https://example.org/~x--y}", "https://example.org/~x--y"),
        (r"https://example.org/{\textasciitilde}x\%20", "https://example.org/~x%20"),
    ],
)
def test_addresses_keep_their_signs(tex: str, text: str) -> None:
    assert verbatim_text(tex) == text
