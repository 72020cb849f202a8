"""Turning paths into catalogue rows: find the archives, tell what they are, load them.

SQL is db/'s, the meaning of a path is layouts/', reading a container is archives/'.
"""
