"""What apps above this one may hear about."""

from django.dispatch import Signal

protocol_accepted = Signal()
"""Somebody accepted the protocol of use; sent inside the transaction, with ``user``."""

person_left = Signal()
"""Somebody leaves for good; sent inside the transaction, with ``user``, whose name is gone already."""

seat_handed_over = Signal()
"""A seat passes on; sent inside the transaction, with ``predecessor`` and ``successor``, both locked."""
