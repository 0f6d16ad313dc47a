"""Measure linkers against texts whose skills are known."""
