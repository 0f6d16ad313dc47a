"""Commands of `fitech` that have a module of their own."""
