"""One process that answers queries over a read-only store and may be killed at any time.

Run as `python -m graph.worker STORE MEGABYTES`. Speaks lines of JSON on standard input and
output; an answer's body follows its line. See `graph.sandbox` for the other side.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from graph.embedded import EmbeddedStore
from graph.store import QueryRefusedError, StoreError


def main(store_path: str, megabytes: str) -> None:
    """Answer queries until standard input ends."""
    limit = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    store = EmbeddedStore(Path(store_path), read_only=True)
    output = sys.stdout.buffer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        body = b""
        try:
            result = store.raw(request["query"], request["accept"])
            body = result.body
            head = {"ok": True, "media_type": result.media_type}
        except QueryRefusedError as error:
            head = {"ok": False, "refused": True, "message": str(error)}
        except (StoreError, MemoryError) as error:
            head = {"ok": False, "refused": False, "message": str(error)}
        output.write(json.dumps({**head, "length": len(body)}).encode() + b"\n")
        output.write(body)
        output.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
