"""The catalogue's storage: tables, engine, bulk loads, queries; the only folder that knows SQL.

It imports nothing else of imnet_data and hands back rows and plain ints.
"""
