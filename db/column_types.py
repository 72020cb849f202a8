"""The types of columns that the two databases have to be told apart.

Which column has which is tables.py's, and the migrations'.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects import postgresql

# Text in the order of its bytes, as SQLite has it: whatever a database in PostgreSQL was made with,
# keys sort alike, and so subsets, draws and shards made from either are the same.
SortedText = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

# An image's id, or a finding's: there may be more than 2,147,483,647, ids that were given up among
# them. SQLite's INTEGER has 64 bits, and only a column of that very name is its row's own number.
LongId = BigInteger().with_variant(Integer, "sqlite")
