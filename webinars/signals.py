"""What other parts of the programme, and apps above, hear of."""

from enum import StrEnum

from django.dispatch import Signal


class Change(StrEnum):
    """What has changed about a webinar."""

    MADE = "made"
    TEXTS = "texts"
    TIME = "time"
    PLACE = "place"
    ANNOUNCED = "announced"
    LIVE = "live"
    HELD = "held"
    FOLLOW_UP = "follow_up"
    COMPLETE = "complete"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


IN_CALENDARS = frozenset({Change.TIME, Change.PLACE, Change.ANNOUNCED, Change.POSTPONED, Change.CANCELLED})
"""What is sent anew to calendars: the webinar's calendar version goes up with it. Source: workflow 2.7."""

webinar_changed = Signal()
"""Sent in the transaction of the change, with ``webinar``, locked and saved, and ``what``, a ``Change``."""
