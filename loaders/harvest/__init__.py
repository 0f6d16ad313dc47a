"""Fetch sources over HTTP: polite, resumable, incremental; every reply is kept as it came.

`spec.py` says what to fetch, `plans/` which requests a source needs, `client.py` sends them,
`archive.py` and `run.py` keep the replies, `runner.py` brings them together.
"""
