"""Several people at once: real threads, each with its own connection and its own committed transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

PATIENCE_SECONDS = 180  # as long as one writer waits for the others on a slow machine


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run every act in a thread of its own, started together; return what each gave, or its refusal.

    Anything but a refusal (ValidationError) is raised here.
    """
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)
    errors: list[BaseException] = []

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(PATIENCE_SECONDS)
            answers[place] = act()
        except ValidationError as refusal:
            answers[place] = refusal
        except BaseException as error:
            errors.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in threads), "an act has not ended"
    return answers
