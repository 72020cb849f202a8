"""What children of the tests find first on their path; no module is imported from here by name."""
