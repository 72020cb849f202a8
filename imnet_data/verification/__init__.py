"""Knowing that every image is whole: inspecting bytes, archives and classes; findings by code.

Mending what is broken is imnet_data/mending's.
"""
