"""Find the ESCO skills that a text speaks of."""
