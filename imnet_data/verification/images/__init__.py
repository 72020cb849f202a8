"""Looking at one image's bytes: what they are, whether they are whole, how the picture looks.

Which images are looked at, and writing it down, is the package's above.
"""
