"""Writing images out, byte for byte, for those who read shards, Parquet, folders or tars.

Which images, with which labels, is imnet_data/subsets'; this package knows no database.
"""
