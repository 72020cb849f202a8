"""A verification as a file to read: HTML, JSON, CSV.

What it comes to in sentences is verdict.py's.
"""
