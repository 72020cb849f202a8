"""Fetching what is published, whole, whatever happens on the way.

What is in an archive that came is indexing's; this file stays light.
"""
