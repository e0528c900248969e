"""What the worker runs for contests: issuing certificates, chunk after chunk; safe when started twice."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django_tasks import task

from contests.domain import certificates
from contests.models import CertificateTemplate, Contest
from people.models import Employee

REMEMBERED_SECONDS = 3600


def progress_key(contest_id: int) -> str:
    """Name the cache entry that says how far issuing a contest's certificates is."""
    return f"certificates:{contest_id}"


@task()
def issue_certificates(contest_id: int, template_id: int, by_id: int) -> None:
    """Issue everything that is missing, a chunk a transaction, and tell readers how far it is through the cache.

    The cache holds {"state": waiting|running|done|refused, "done", "total", "refusal": [sentence], "since"}. What was issued before a
    refusal or a crash stays; the next start goes on from there.
    """
    contest, by = Contest.objects.get(pk=contest_id), Employee.objects.get(pk=by_id)
    template = CertificateTemplate.objects.get(pk=template_id)
    key = progress_key(contest_id)
    while True:
        try:
            with translation.override(by.language or settings.LANGUAGE_CODE):
                step = certificates.issue(
                    contest=contest, template=template, by=by, at=timezone.now(), most=certificates.CHUNK
                )
        except ValidationError as refusal:
            _tell(key, "refused", 0, 0, refusal.messages)
            return
        state = "done" if step.is_complete or not step.made else "running"
        _tell(key, state, step.done, step.total, [])
        if state == "done":
            return


def _tell(key: str, state: str, done: int, total: int, refusal: list[str]) -> None:
    told = {"state": state, "done": done, "total": total, "refusal": refusal, "since": timezone.now()}
    cache.set(key, told, REMEMBERED_SECONDS)
