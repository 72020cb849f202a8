"""The command line: a thin skin of click and rich over the library."""
