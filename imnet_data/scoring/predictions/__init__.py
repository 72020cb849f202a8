"""Files of predictions, read as a stream."""
