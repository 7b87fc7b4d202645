"""What apps above this one may hear about."""

from django.dispatch import Signal

protocol_accepted = Signal()
"""Somebody accepted the protocol of use; sent inside the transaction, with ``user``."""
