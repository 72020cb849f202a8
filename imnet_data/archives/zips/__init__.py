"""Zips: the list of contents, where members lie, and reading them."""
