"""Servers the live bench starts: ours with a clock at the hub's door, and the tutorial's."""
