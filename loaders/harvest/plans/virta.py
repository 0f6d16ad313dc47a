"""VIRTA's publication interface: one reply per organisation (and year) holds all that match.

The interface has no pages: a stream ends when its document ends. `years` cuts large organisations.
"""

from __future__ import annotations

from typing import ClassVar

import ijson
from lxml import etree

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA, Plan
from loaders.harvest.spec import Setting


class VirtaPlan(Plan):
    """Publications of organisations, as JSON or XML."""

    kind: ClassVar = "virta"
    title: ClassVar = "VIRTA publication information"
    settings: ClassVar = {
        "organisations": Setting("texts", "organisation codes, such as 10076"),
        "years": Setting("texts", "years of publication, one request each; none: all in one", ()),
        "format": Setting("text", "json or xml", "json", ("json", "xml")),
        **EXTRA,
    }
    url: ClassVar = "https://virta-jtp.csc.fi/api/julkaisut"

    @property
    def xml(self) -> bool:
        """Whether XML is asked for."""
        return self.text("format") == "xml"

    def ending(self, request: Request) -> str:
        """Return the ending of the files kept."""
        return ".xml" if self.xml else ".json"

    def first(self, state: State) -> Step:
        """Ask for all that matches, or for what changed."""
        changed = state.since.strftime("%Y-%m-%dT%H:%M:%SZ") if state.since else None
        requests = []
        for code in self.texts("organisations"):
            for year in self.texts("years") or (None,):
                query = {
                    "organisaatioTunnus": code,
                    "julkaisuVuosi": year,
                    "muutospvmAlku": changed,
                    **self.table(),
                }
                url = address(self.spec.url, "haku/xml" if self.xml else "haku", query)
                accept = "application/xml" if self.xml else "application/json"
                requests.append(Request(url, step="publications", headers={"Accept": accept}))
        return Step(next=requests)

    def check(self, request: Request, reply: Reply) -> None:
        """See that the document ends."""
        if reply.packed:
            return
        try:
            with reply.open() as raw:
                if self.xml:
                    # Read element by element: the document may be large.
                    for _, node in etree.iterparse(raw, resolve_entities=False, no_network=True):
                        node.clear()
                    return
                if next(ijson.parse(raw))[1] != "start_array":
                    raise WrongReplyError("the reply is no list of publications")
            with reply.open() as raw:
                for _ in ijson.parse(raw):
                    pass
        except (etree.XMLSyntaxError, ijson.JSONError, StopIteration, UnicodeDecodeError) as error:
            raise WrongReplyError(f"the list of publications is broken ({error})") from None

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Count what came."""
        if reply.packed:
            return Step()
        with reply.open() as raw:
            if not self.xml:
                ids = [str(one) for one in ijson.items(raw, "item.JulkaisunTunnus")]
                return Step(ids=ids, empty=not ids)
            ids = []
            for _, node in etree.iterparse(raw, tag="{*}JulkaisunTunnus", resolve_entities=False):
                ids.append(node.text or "")
                node.clear()
        return Step(ids=ids, empty=not ids)
