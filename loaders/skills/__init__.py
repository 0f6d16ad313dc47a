"""Loaders of skills, occupations, vocabularies and needs: one module per format."""
