"""WordNet's words beside its graph: glosses, examples, morphology, similarity, through nltk."""
