"""Types of columns that the tables and their migrations share."""

from typing import Final

from sqlalchemy import BigInteger, Integer
from sqlalchemy.types import TypeEngine

NUMBER: Final[TypeEngine[int]] = BigInteger().with_variant(Integer, "sqlite")
"""A row's own number, and what leads to it. SQLite counts up by itself in INTEGER only, which is as wide there."""
