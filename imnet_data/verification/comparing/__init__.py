"""Images beside one another: the same bytes, pictures that look alike.

One image by itself is images/'.
"""
