"""One run of a harvest: a folder of replies and a journal from which the run can always go on.

The journal `requests.jsonl` gets one line per answered request, with what the plan made of the answer.
A line is written after the reply lies safely on disk; so whatever is killed, and when, the journal
tells what is done and what is left to do. A last line that was cut off is dropped: that request is
sent again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from loaders.harvest.errors import HarvestError
from loaders.harvest.exchange import Reply, Request, State, Step

JOURNAL = "requests.jsonl"
INFO = "run.json"
DONE = "done.json"
PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    request: Request
    result: str
    """What became of the request: `kept`; `empty` (nothing for the loader); `unchanged` (status 304,
    or the same body as before);
    `gone`; `refused` (another status that the plan knows); `later` (no answer, put off to the end);
    `carried` (no answer, the former reply counts); `failed` (no answer at all)."""
    step: Step = field(default_factory=Step)
    same: tuple[str, ...] = ()
    """Keys that the reply lists with the mark that we know already, so that they are not asked for."""
    children: tuple[str, ...] = ()
    """Keys of all things that the reply about a thing leads to."""
    time: str = ""
    status: int = 0
    url: str = ""
    """Where the answer came from, if not from where it was asked."""
    headers: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    """Path below the run's folder."""
    sha256: str = ""
    bytes: int = 0
    retries: int = 0
    packed: bool = False
    """The body is itself an archive, kept as it came."""
    duplicate: bool = False
    """The same body came before in this run; `file` names that one."""
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the line without what is empty."""
        data = {name: getattr(self, name) for name in self.__slots__}
        data |= {"request": self.request.to_json(), "step": self.step.to_json()}
        data |= {"same": [*self.same], "children": [*self.children]}
        data["headers"] = dict(self.headers)
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        """Return the line that `to_json` wrote."""
        rest = {k: v for k, v in data.items() if k not in ("request", "step", "same", "children")}
        return cls(
            request=Request.from_json(data["request"]),
            step=Step.from_json(data.get("step", {})),
            same=tuple(data.get("same", ())),
            children=tuple(data.get("children", ())),
            **rest,
        )


class Run:
    """A run that is under way. All changes go through `commit` and `finish`."""

    def __init__(self, folder: Path) -> None:
        """Open a run's folder and go through its journal."""
        info = read_json(folder / INFO)
        self.folder = folder
        self.full: bool = info["full"]
        self.digest: str = info["digest"]
        self.started = datetime.fromisoformat(info["started"])
        self.since = datetime.fromisoformat(info["since"]) if info["since"] else None
        self.state = State(self.full, self.since, self.started)
        self.queue: deque[Request] = deque()
        self.lines: list[Line] = []
        self.keys: set[str] = set()
        """Things asked for."""
        self.listed: set[str] = set()
        """Things that are there: asked for, or listed unchanged."""
        self.same: set[str] = set()
        """Those listed unchanged."""
        self.put_off: set[str] = set()
        """Addresses that got no answer and were put off to the end."""
        self._bodies: dict[str, str] = {}
        first = Step.from_json(info["first"])
        self.state.memory.update(first.memory)
        self.notes: list[str] = list(first.notes)
        self._queue(first.next)
        for line in read_journal(folder, mend=True):
            self._apply(line)
        self.resumed = bool(self.lines)

    @property
    def partial(self) -> Path:
        """Where the next reply is written while it comes."""
        return self.folder / PARTIAL

    @property
    def stamp(self) -> str:
        """The time in the folder's name; it makes file names differ between runs."""
        return self.folder.name.partition("-")[0]

    def commit(self, line: Line, reply: Reply | None, suffix: str) -> Line:
        """Put a reply and its line on disk, then count it.

        Args:
            line: what to write; file and size are filled in from the reply.
            reply: whose body lies in `partial`, if it has one to keep.
            suffix: ending of the file's name, such as `.json`.
        """
        data = line.to_json()
        if reply is not None:
            data |= {"status": reply.status, "retries": reply.retries}
            from loaders.harvest.client import kept_headers  # loading needs no client

            data["headers"] = kept_headers(reply)
            data["url"] = reply.url if reply.url != line.request.url else ""
        if reply is not None and reply.path is not None and line.result in ("kept", "empty"):
            data |= {"sha256": reply.sha256, "bytes": reply.size, "packed": reply.packed}
            former = "" if line.request.name else self._bodies.get(reply.sha256, "")
            data["duplicate"] = bool(former)
            data["file"] = former or self._keep(reply, line.request, suffix)
        written = Line.from_json({name: value for name, value in data.items() if value})
        self._append(written)
        self._apply(written)
        return written

    def _keep(self, reply: Reply, request: Request, suffix: str) -> str:
        number = f"{self.stamp}-{len(self.lines) + 1:06d}"
        if request.name:
            # Some loaders know files by their names: then the number goes into a folder's name.
            (self.folder / number).mkdir(exist_ok=True)
            name = f"{number}/{request.name}"
        else:
            name = f"{number}{suffix}"
        ending = ".gz"
        if reply.packed:
            with reply.open() as raw:
                ending = ".zip" if raw.read(2) == b"PK" else ".gz"
        if not name.endswith(ending):
            name = name.removesuffix(suffix) + ending if ending == ".zip" else name + ending
        assert reply.path is not None  # the caller looked
        reply.path.replace(self.folder / name)
        if request.name:
            sync_folder(self.folder / number)
        sync_folder(self.folder)
        return name

    def carry(self, line: Line, file: Path) -> None:
        """Keep the former reply of a thing that gave no answer, under a name of this run.

        Args:
            line: what is known of the reply; the file's name is filled in.
            file: the former reply.
        """
        number = f"{self.stamp}-{len(self.lines) + 1:06d}"
        if line.request.name:
            (self.folder / number).mkdir(exist_ok=True)
            name = f"{number}/{file.name}"
        else:
            name = number + file.name[file.name.index(".") :]
        (self.folder / name).unlink(missing_ok=True)
        try:
            os.link(file, self.folder / name)
        except OSError:  # not every file system has links
            shutil.copyfile(file, self.folder / name)
        sync_folder(self.folder)
        written = replace(line, file=name)
        self._append(written)
        self._apply(written)

    def _append(self, line: Line) -> None:
        text = json.dumps(line.to_json(), ensure_ascii=False) + "\n"
        with (self.folder / JOURNAL).open("ab") as journal:
            journal.write(text.encode("utf-8", "backslashreplace"))
            journal.flush()
            os.fsync(journal.fileno())

    def _apply(self, line: Line) -> None:
        """Bring queue and state to where they are after a line."""
        done = self.queue.popleft()
        if done.url != line.request.url:
            raise _unreadable(self.folder / JOURNAL, "its lines do not follow from each other")
        self.lines.append(_light(line))
        if line.result == "later":
            self.queue.append(done)
            self.put_off.add(done.url)
            return
        self._queue(line.step.next)
        self.listed.update(line.same)
        self.same.update(line.same)
        self.state.memory.update(line.step.memory)
        self.state.seen.setdefault(line.request.step, set()).update(line.step.ids)
        self.notes += line.step.notes
        if line.sha256 and line.file:
            self._bodies.setdefault(line.sha256, line.file)

    def _queue(self, requests: Sequence[Request]) -> None:
        """Lists go before details: the faster a list is read, the less it changes meanwhile."""
        self.queue.extendleft(reversed([request for request in requests if not request.key]))
        self.queue.extend(request for request in requests if request.key)
        self.keys.update(request.key for request in requests if request.key)
        self.listed.update(request.key for request in requests if request.key)

    def finish(self, summary: Mapping[str, Any], gone: Sequence[Mapping[str, str]]) -> None:
        """Mark the run as finished; from now on it counts.

        Args:
            summary: figures for people and for later runs.
            gone: what was withdrawn: identifier, address, time.
        """
        self.partial.unlink(missing_ok=True)
        named = {line.file for line in self.lines}
        for path in [path for path in self.folder.rglob(f"{self.stamp}-*") if path.is_file()]:
            if str(path.relative_to(self.folder)) not in named:
                path.unlink()  # written just before the run was killed, and fetched again since
        if gone:
            text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in gone)
            write_safely(self.folder / f"gone-{self.stamp}.jsonl", text)
        write_safely(self.folder / DONE, json.dumps(summary, ensure_ascii=False, indent=2) + "\n")


def _light(line: Line) -> Line:
    """Return a line without what only mattered when it was new: a long run has many lines."""
    request = replace(line.request, note={}, headers={}, body="")
    return replace(line, request=request, step=Step(gone=line.step.gone), same=(), children=())


def read_journal(folder: Path, *, mend: bool = False) -> Iterator[Line]:
    """Yield the lines of a run's journal; with `mend` a last line that was cut off is removed."""
    path = folder / JOURNAL
    if not path.exists():
        return
    good = 0
    with path.open("rb") as journal:
        for text in journal:
            try:
                line = Line.from_json(json.loads(text)) if text.endswith(b"\n") else None
            except (ValueError, TypeError, KeyError):
                line = None
            if line is None:
                break
            good += len(text)
            yield line
    if mend and good < path.stat().st_size:
        with path.open("r+b") as journal:
            journal.truncate(good)
            os.fsync(journal.fileno())


def read_json(path: Path) -> dict[str, Any]:
    """Return what a file of the archive holds.

    Raises:
        HarvestError: somebody has changed it; the message says what to remove.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(value, dict):
        raise _unreadable(path, "it is no object")
    return value


def _unreadable(path: Path, why: str) -> HarvestError:
    return HarvestError(
        f"{path} cannot be read ({why}). Remove the folder {path.parent}, and harvest again."
    )


def write_safely(path: Path, text: str) -> None:
    """Write a file so that it is there in whole or not at all, also after a crash."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
