"""Rules of the trade on plain data."""
