"""Reads of more than one caller: who sees which rows, and plain rows for pages with a known number of SQL statements."""
