"""What the worker runs for the log."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from engine.proof import verifying


@task()
def verify(pk: int) -> None:
    """Compute the whole log again and keep what came of it."""
    verifying.run(pk=pk, now=timezone.now)
