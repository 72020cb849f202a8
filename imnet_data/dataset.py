"""Images as a map-style dataset, read straight from their archives; torch reads it, unimported.

Which images, with which labels, is imnet_data/subsets' and query.py's.
"""
