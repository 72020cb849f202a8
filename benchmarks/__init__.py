"""Races against named peers: same work, same run, ratio printed. Nothing here is a test."""
