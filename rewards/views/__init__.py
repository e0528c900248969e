"""Doors of points: each parses, calls one verb or query, and shows."""
