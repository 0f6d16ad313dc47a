"""What things are: the FITech ontology, its shapes and small vocabularies."""
