"""People in the loop: what they say of skill links, and what follows from it (docs/review.md)."""
