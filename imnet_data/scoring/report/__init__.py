"""A score as a page to read and hand on."""
