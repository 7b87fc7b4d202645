"""What day it is: the documents' days are Geneva's, whatever the reader's time zone."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """Return the day it is in Geneva, on which protocols and mandates begin and end."""
    return timezone.localdate(timezone=timezone.get_default_timezone())
