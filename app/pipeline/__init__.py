"""The build: load, link, derive, check, publish; each step a module, joined in `pipeline`."""
