"""Tars compressed with gzip, bzip2, xz or zstd: one pass forward, then reading at random."""
