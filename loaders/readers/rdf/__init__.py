"""RDF files as sources: statements as a stream, and what to do when a file is damaged."""
