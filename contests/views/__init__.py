"""Doors of contests: each parses, calls one verb or query, and shows."""
