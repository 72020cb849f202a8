"""What a file of predictions is worth: figures against known labels, in a known order."""
