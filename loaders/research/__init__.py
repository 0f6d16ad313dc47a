"""Loaders of research: one module per format, its helpers beside it under the same first name."""
