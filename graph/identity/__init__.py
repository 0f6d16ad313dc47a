"""Which records of several sources speak of one thing, and how the graph makes one of them."""
