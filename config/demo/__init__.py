"""The demo company: a union of a steel group with about 3,000 workers and a year behind it."""
