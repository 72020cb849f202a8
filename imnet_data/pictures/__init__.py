"""Pictures made small, to be looked at."""
