"""WordNet 3.0's nouns: the graph, its names, and class expressions over them.

Import from the modules; this file stays light, so that nothing loads numpy unasked.
"""
