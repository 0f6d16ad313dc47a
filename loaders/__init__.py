"""How data comes in: one module per source format, and the linker of texts to skills."""
