"""Files at fixed addresses (an ESCO download, a CSV, a BibTeX list), for any loader."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Reply, Request, State, Step
from loaders.harvest.plans.base import Plan
from loaders.harvest.spec import Setting

_UNSAFE = re.compile(r"[^\w.,()+@ -]+")


class FilesPlan(Plan):
    """GET of each address, conditional from the second time on; names are kept for the loader."""

    kind: ClassVar = "files"
    title: ClassVar = "files"
    settings: ClassVar = {
        "urls": Setting("texts", "addresses of the files"),
        "html": Setting("yes-no", "whether web pages are expected", False),
    }
    url: ClassVar = ""

    def check_settings(self) -> None:
        """Check each address."""
        if not self.texts("urls"):
            raise ValueError("[source.harvest] urls must name at least one address.")
        for url in self.texts("urls"):
            check_address(url)

    def first(self, state: State) -> Step:
        """Ask for each file."""
        urls = dict.fromkeys(self.texts("urls"))
        return Step(next=[Request(url, step="file", key=url, name=file_name(url)) for url in urls])

    def check(self, request: Request, reply: Reply) -> None:
        """Refuse a web page where a file was meant, and an archive that is not whole."""
        start = b""
        with reply.open() as raw:
            start = raw.read(1000).lstrip().lower()
        html = start.startswith((b"<!doctype html", b"<html"))
        if html and not self.yes("html"):
            raise WrongReplyError(
                "a web page came instead of the file (set html = true if it is meant)"
            )
        if not reply.packed or reply.path is None:
            if request.name.lower().endswith(".zip"):
                raise WrongReplyError("the file is no zip archive")
            return
        try:
            if start.startswith(b"pk"):
                with zipfile.ZipFile(reply.path) as archive:
                    broken = archive.testzip()
                if broken:
                    raise WrongReplyError(f"the zip archive is damaged at {broken}")
            else:
                with gzip.open(reply.path) as unpacked:
                    while unpacked.read(1 << 20):
                        pass
        except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
            raise WrongReplyError(f"the archive is damaged ({error})") from None

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """There is nothing more to ask."""
        return Step(ids=[request.key])

    def lists_all(self, state: State) -> bool:
        """Return True: an address that is no longer named is gone."""
        return True


def file_name(url: str) -> str:
    """Return a safe file name for what an address gives."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    name = _UNSAFE.sub("_", last).strip(". ")[:120]
    return name or "file"


def check_address(url: str) -> None:
    """Raise ValueError with a sentence if a text is no plain address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(
            f"[source.harvest]: {url!r} is no address with http or https, or holds a user name."
        )
