"""Images as a map-style dataset for training, read straight from their archives.

Which images, with which labels, is subsets/' and query.py's.
"""
