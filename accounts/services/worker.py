"""Work that waits in rows of PostgreSQL: the worker is woken for it, and a sweep finds what a lost wake-up left."""

import logging
from collections.abc import Callable
from typing import TypeVar

from celery import current_app
from django.db import models, transaction

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)


def wake(task: str) -> None:
    """Ask the worker to run a task now.

    Args:
        task: Its name; whatever the broker says, what it is to do is safe in its rows.
    """
    try:
        current_app.send_task(task)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises
        logger.warning("The worker could not be woken: %s", type(error).__name__)


def do_each(waiting: models.QuerySet[Row], act: Callable[[Row], None]) -> int:
    """Act on rows one by one, each in a transaction of its own, shared with any other worker.

    A row whose turn fails is logged by its id and left as it was; the others have theirs.

    Args:
        waiting: The rows; what is done must no longer be among them.
        act: Takes one row, locked.

    Returns:
        For how many it succeeded.
    """
    done = 0
    tried: list[object] = []
    while True:
        with transaction.atomic():
            rows = waiting.exclude(pk__in=tried).order_by("pk")
            row = rows.select_for_update(skip_locked=True, of=("self",)).first()
            if row is None:
                return done
            tried.append(row.pk)
            try:
                with transaction.atomic():
                    act(row)
                done += 1
            except Exception:
                logger.exception("%s %s could not be worked on", row._meta.label, row.pk)
