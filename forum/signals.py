"""What apps above this one may hear about."""

from django.dispatch import Signal

post_published = Signal()
"""A post can be read from now on, at once or after it was held; sent inside the transaction, with ``post``."""

post_held = Signal()
"""A post waits for a moderator to read it, or waits with new words; sent inside the transaction, with ``post``."""

discussion_merged = Signal()
"""All posts of ``source`` stand in ``target`` now; sent inside the transaction, both locked."""

visits_begun = Signal()
"""Somebody came, or came back after a while; sent off any page's path, with ``count`` and without whose visits."""
