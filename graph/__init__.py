"""Where triples live: records, their mapping to RDF, stores and releases."""
