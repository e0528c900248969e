"""Verbs of approvals: publish policies, ask, act."""
