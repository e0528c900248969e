"""Small words tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction


@contextmanager
def refused(kind: type[Exception], *, code: str | None = None) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Expect a refusal and undo what it left, as the real outermost transaction would.

    Verbs are `atomic(savepoint=False)`; inside a test's own transaction a refusal would otherwise poison it.
    """
    with pytest.raises(kind) as caught, transaction.atomic():
        yield caught
    if code is not None:
        assert getattr(caught.value, "code", None) == code
