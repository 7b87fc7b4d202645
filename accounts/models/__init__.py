"""Who takes part, how we reach them, and what is kept of decisions."""

from accounts.models.audit import AuditEntry
from accounts.models.contacts import Circular, CircularCopy, StakeholderContact
from accounts.models.entry import AccountRequest, Invitation
from accounts.models.mandates import Mandate
from accounts.models.notices import MailPreference, Notice
from accounts.models.people import User
from accounts.models.places import MemberState, RegionalGroup
from accounts.models.protocols import Protocol, ProtocolAcceptance
from accounts.models.seats import AddressChange, DataArchive, SeatHandover

__all__ = [
    "AccountRequest",
    "AddressChange",
    "AuditEntry",
    "Circular",
    "CircularCopy",
    "DataArchive",
    "Invitation",
    "MailPreference",
    "Mandate",
    "MemberState",
    "Notice",
    "Protocol",
    "ProtocolAcceptance",
    "RegionalGroup",
    "SeatHandover",
    "StakeholderContact",
    "User",
]
