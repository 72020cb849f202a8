"""Findings as they are asked for and read: which are meant, what they say, what they add up to.

The table of codes is codes.py's; how findings come about is the package's above.
"""
