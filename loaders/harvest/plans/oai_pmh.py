"""OAI-PMH 2.0: Identify, then ListRecords of each set, following resumption tokens.

Deleted records stand in the replies themselves (`<header status="deleted">`), if the repository keeps
them; Identify tells whether it does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from lxml import etree

from loaders.harvest.errors import HarvestError, WrongReplyError
from loaders.harvest.exchange import Reply, Request, State, Step, address
from loaders.harvest.plans.base import Plan, shortfall, whole
from loaders.harvest.spec import Setting

MAX_RESTARTS = 3
Node = etree._Element
_NAMESPACE = "{http://www.openarchives.org/OAI/2.0/}"


class OaiPmhPlan(Plan):
    """Records of a repository in one metadata format."""

    kind: ClassVar = "oai-pmh"
    title: ClassVar = "OAI-PMH repository"
    settings: ClassVar = {
        "prefix": Setting("text", "metadataPrefix: oai_dc, kk, oai_cerif_openaire …", "oai_dc"),
        "sets": Setting("texts", "setSpecs, one after another; none: the whole repository", ()),
    }
    suffix: ClassVar = ".xml"

    def first(self, state: State) -> Step:
        """Ask who the repository is: it tells its granularity and what it does about deletions."""
        url = address(self.spec.url, query={"verb": "Identify"})
        return Step(next=[Request(url, step="Identify", keep=False)])

    def check(self, request: Request, reply: Reply) -> None:
        """Expect a whole OAI-PMH document."""
        root = _read(reply)
        verb = request.step.partition(":")[0]
        if root.find(f"{_NAMESPACE}{verb}") is None and root.find(f"{_NAMESPACE}error") is None:
            raise WrongReplyError(f"the document has neither {verb} nor an error")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Begin with the sets after Identify; then follow the tokens."""
        root = _read(reply)
        error = root.find(f"{_NAMESPACE}error")
        if error is not None:
            return self._after_error(request, error.get("code", ""), error.text or "", state)
        if request.step == "Identify":
            return self._after_identify(root, state)
        headers = list(root.iter(f"{_NAMESPACE}header"))
        ids = [_below(header, "identifier") for header in headers]
        deleted = [
            _below(header, "identifier") for header in headers if header.get("status") == "deleted"
        ]
        token = root.find(f"{_NAMESPACE}ListRecords/{_NAMESPACE}resumptionToken")
        text = (token.text or "").strip() if token is not None else ""
        if text:
            note = {**request.note, "token": text, "restarts": request.note.get("restarts", 0)}
            query = {"verb": "ListRecords", "resumptionToken": text}
            ahead = Request(address(self.spec.url, query=query), step=request.step, note=note)
            if text == request.note.get("token"):
                note["equal"] = int(request.note.get("equal", 0)) + 1
                if note["equal"] >= MAX_RESTARTS:
                    raise HarvestError(
                        f"{request.url}: the repository gives the same page again and again. Tell its "
                        "maintainers, and run the harvest again later."
                    )
            else:
                note["equal"] = 0
            return Step(next=[ahead], ids=ids, gone=deleted)
        came = len(state.ids(request.step) | set(ids))
        told = whole(token.get("completeListSize")) if token is not None else None
        return Step(ids=ids, gone=deleted, notes=shortfall(request.step, told, came), empty=not ids)

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Read the error of a repository that tells it with a status of its own."""
        try:
            error = _read(reply).find(f"{_NAMESPACE}error")
        except WrongReplyError:
            return None
        if error is None:
            return None
        return self._after_error(request, error.get("code", ""), error.text or "", state)

    def expired(self, request: Request, state: State) -> Step | None:
        """Begin the list again, a few times at most."""
        restarts = int(request.note.get("restarts", 0))
        if not request.note.get("token") or restarts >= MAX_RESTARTS:
            return None
        seconds = bool(state.memory.get("seconds"))
        again = self._list(request.note["set"], seconds, state, restarts + 1)
        told = "A resumption token had expired; the list was begun again."
        return Step(next=[again], notes=[told], empty=True)

    def _after_identify(self, root: Node, state: State) -> Step:
        seconds = "hh" in (root.findtext(f".//{_NAMESPACE}granularity") or "")
        deleted = (root.findtext(f".//{_NAMESPACE}deletedRecord") or "no").strip()
        notes = []
        if deleted != "persistent":
            notes.append(
                f"The repository does not keep deletions for good (deletedRecord: {deleted}): what is "
                "deleted goes with the next full run."
            )
        memory = {"seconds": seconds, "deletedRecord": deleted}
        lists = [self._list(name, seconds, state) for name in self.texts("sets") or ("",)]
        return Step(next=lists, memory=memory, notes=notes)

    def _list(self, name: str, seconds: bool, state: State, restarts: int = 0) -> Request:
        query = {
            "verb": "ListRecords",
            "metadataPrefix": self.text("prefix"),
            "set": name,
            "from": _moment(state.since, seconds),
        }
        step = f"ListRecords:{name}" if name else "ListRecords"
        note = {"set": name, "restarts": restarts}
        return Request(address(self.spec.url, query=query), step=step, note=note)

    def _after_error(self, request: Request, code: str, text: str, state: State) -> Step:
        if code == "noRecordsMatch":
            return Step(empty=True)
        begun_again = self.expired(request, state) if code == "badResumptionToken" else None
        if begun_again is not None:
            return begun_again
        advice = {
            "cannotDisseminateFormat": "Set prefix to a format that ListMetadataFormats names",
            "noSetHierarchy": "The repository has no sets: leave out `sets`",
            "badArgument": "Check prefix and sets",
            "badResumptionToken": "Run the harvest again later",
        }.get(code, "Check url, prefix and sets")
        raise HarvestError(
            f"{request.url}: the repository answers {code}: {text.strip()[:200]} {advice}."
        )


def _read(reply: Reply) -> Node:
    """Return the root of an OAI-PMH document.

    A document that is whole but has a fault in one record (a byte that XML does not allow) is read all
    the same: its token is needed, and the loader tells the record.
    """
    content = reply.content()
    if b"<!DOCTYPE" in content[:2000]:
        raise WrongReplyError("the reply is no OAI-PMH document (it has a DOCTYPE)")
    whole_document = content.rstrip().endswith(b"OAI-PMH>")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=whole_document, huge_tree=whole_document
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise WrongReplyError(f"the document is broken ({error})") from None
    if root is None or root.tag != f"{_NAMESPACE}OAI-PMH":
        raise WrongReplyError("the reply is no OAI-PMH document")
    return root


def _below(node: Node, name: str) -> str:
    return (node.findtext(f"{_NAMESPACE}{name}") or "").strip()


def _moment(since: datetime | None, seconds: bool) -> str | None:
    if since is None:
        return None
    return since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ" if seconds else "%Y-%m-%d")
