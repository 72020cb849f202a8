"""Cuts that anybody can repeat: a recipe, the images that it draws, the lock that states them.

Writing them out is imnet_data/sharding's.
"""
