"""A catalogue's images by WordNet branch, as one HTML page to look around in."""
