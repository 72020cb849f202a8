"""A miniature ImageNet with the true structure, to try the tool on and to test it with."""
