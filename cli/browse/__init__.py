"""The full-screen browser."""
