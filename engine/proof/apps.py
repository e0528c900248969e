from django.apps import AppConfig


class ProofConfig(AppConfig):
    """THAT IT HAPPENED: one append-only Merkle tree, signed, servable, verifiable without us."""

    name = "engine.proof"
