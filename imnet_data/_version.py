"""The version of imnet-data that is running."""

VERSION = "0.1.0"
