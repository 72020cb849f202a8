"""WordNet's words beside its graph: glosses, examples, base forms, similarity, nltk's objects.

The graph itself, and how classes are named, are taxonomy/'s, and need no WordNet.
"""
