"""What can go wrong with a harvest, told in sentences that say what to do."""

from __future__ import annotations


class HarvestError(Exception):
    """The harvest cannot go on now; what was fetched is kept and the next run resumes there."""


class BusyError(HarvestError):
    """Another harvest of the same source is at work."""


class UnansweredError(HarvestError):
    """One request got no usable answer, however often it was sent; others may get one."""


class WrongReplyError(Exception):
    """A reply is not what the interface gives (an error page, half a document): ask again."""
