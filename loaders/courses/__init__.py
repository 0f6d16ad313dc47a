"""Loaders of courses: one module per format, its helpers beside it under the same first name."""
