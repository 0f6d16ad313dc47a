"""The list of universities: what is verified tells who is who, what is not does not."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from graph.records import Organisation
from loaders.universities import (
    key_of_host,
    key_of_institution,
    key_of_name,
    key_of_oid,
    key_of_organisation_code,
    universities,
    university,
)
from tests.loaders.conftest import Read


def test_no_identifier_belongs_to_two() -> None:
    seen = Counter(
        value
        for item in universities()
        for value in (
            item.key, item.ror, item.organisation_code, item.oid, item.sisu, *item.more_oids, *item.hosts,
            *item.domains, *item.repositories, *item.unverified.values(), *item.other_names,
        )
        if value and value != "peppi"
    )  # fmt: skip
    assert max(seen.values()) == 1


def test_identifiers_have_their_form() -> None:
    for item in universities():
        assert item.ror is None or re.fullmatch(r"https://ror\.org/0[a-z0-9]{8}", item.ror)
        assert item.organisation_code is None or re.fullmatch(r"\d{5}", item.organisation_code)
        assert all(
            re.fullmatch(r"1\.2\.246\.562\.10\.\d+", oid) for oid in (item.oid, *item.more_oids) if oid
        )
        assert item.study_system in (None, "sisu", "peppi")
        assert set(item.name) == {"en", "fi", "sv"}


def test_what_is_not_verified_identifies_nobody(read: Read) -> None:
    open_questions = {item.key: dict(item.unverified) for item in universities() if item.unverified}
    assert set(open_questions) == {"tampere", "vaasa", "lut", "jyu", "uef"}
    assert key_of_organisation_code(open_questions["tampere"]["organisation_code"]) is None
    assert key_of_oid(open_questions["tampere"]["oid"]) is None
    assert key_of_institution(open_questions["lut"]["ror"], "x", "FI") is None
    told = repr(read("members", {}).of(Organisation))
    for values in open_questions.values():
        assert not any(value in told for value in values.values() if value != "peppi")


def test_the_record_names_the_verified_identifiers() -> None:
    assert university("aalto").identifiers == (
        "https://ror.org/020hwjq30",
        "organisation-code:10076",
        "urn:oid:1.2.246.562.10.56753942459",
    )


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("aaltodoc.aalto.fi", "aalto"), ("www.utupub.fi", "turku"), ("trepo.tuni.fi", "tampere"),
        ("research.abo.fi", "abo"), ("erepo.uef.fi", "uef"), ("jyx.jyu.fi", "jyu"), ("oulurepo.oulu.fi", "oulu"),
        ("osuva.uwasa.fi", "vaasa"), ("lutpub.lut.fi", "lut"), ("research.utu.fi", "turku"), ("WWW.OULU.FI", "oulu"),
        ("www.theseus.fi", None), ("notaalto.fi", None),
    ],
)  # fmt: skip
def test_hosts(host: str, key: str | None) -> None:
    assert key_of_host(host) == key


def test_other_names() -> None:
    assert key_of_name("LUT-yliopisto") == "lut"
    assert key_of_name("  åbo  akademi") == "abo"
    assert key_of_institution(None, "LUT University", "FI") == "lut"
    assert key_of_institution(None, "LUT University", "SE") is None
