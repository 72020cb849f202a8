"""Packaged figures: class lists, the ILSVRC classes, validation labels, published archives.

Import from the modules; this file stays light, so that nothing loads numpy unasked.
"""
