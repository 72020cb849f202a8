"""Looking at archives: whether the file is there, is the one that was indexed, has the right bytes.

The images in it are the package's above.
"""
