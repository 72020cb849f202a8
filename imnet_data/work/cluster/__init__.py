"""Units on the workers of a Dask cluster: reached or started, submitted, run there.

What a unit does is its stage's; Dask itself is loaded when a cluster is reached, and not before.
"""
