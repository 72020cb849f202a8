"""Containers of images, read without extracting: scan() lists members, read() gives bytes.

What a member's path means (its class, its split) is for layouts/ to say.
"""
