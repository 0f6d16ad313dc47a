"""The steps of a build, from staged sources to a live release.

Each step is a function that the command line calls alone or, through `build`, all in order.
The release being built is the folder `next/` of the data directory; see `graph.releases`.
"""

from __future__ import annotations
