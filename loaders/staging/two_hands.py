"""Read in one process, write in another: what a large source needs to use two cores.

The items go through a pipe in batches; the pipe is small, so that neither side runs far ahead.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_BATCH = 200


def consume_elsewhere(
    items: Iterable[T],
    consume: Callable[..., R],
    *arguments: Any,  # noqa: ANN401  # what `consume` takes
) -> R:
    """Return `consume(items, *arguments)`, with `consume` in a process of its own.

    Args:
        items: read here; they, the arguments and the result must be picklable.
        consume: a function of a module. It takes an iterator first and reads it to the end.
        *arguments: what `consume` takes besides.

    Raises:
        whatever `consume` raises; and what reading the items raises.
    """
    # Not forked: threads of libraries would not survive that.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, consume, arguments), daemon=False)
    process.start()
    theirs.close()
    try:
        # Where the other side has failed, it tells why afterwards.
        with suppress(BrokenPipeError, ConnectionResetError):
            _send(ours, items)
        try:
            good, value = pickle.loads(ours.recv_bytes())  # noqa: S301  # our own process
        except EOFError:
            raise RuntimeError("The process that writes has ended without a word.") from None
    except BaseException:
        process.terminate()
        raise
    finally:
        ours.close()
        process.join()
    if good:
        result: R = value
        return result
    raise value


def _send(pipe: Connection, items: Iterable[T]) -> None:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH:
            pipe.send_bytes(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
            batch.clear()
    pipe.send_bytes(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
    pipe.send_bytes(b"")


def _received(pipe: Connection) -> Iterator[Any]:
    while data := pipe.recv_bytes():
        yield from pickle.loads(data)  # noqa: S301  # our own process


def _work(pipe: Connection, consume: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        answer = (True, consume(_received(pipe), *arguments))
    except Exception as error:
        answer = (False, error)
    try:
        pipe.send_bytes(pickle.dumps(answer))
    except (BrokenPipeError, OSError):
        return  # the other side has given up
    finally:
        pipe.close()
