"""Looking after a user's own classes: making them, hanging them into WordNet."""
