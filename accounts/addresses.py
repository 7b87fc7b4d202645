"""E-mail addresses in the one form in which they are compared and kept."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _


def canonical_address(value: str) -> str:
    """Return an address as it is kept, so that nobody has two accounts by writing the same address otherwise.

    Compatibility forms of letters become plain ones, capitals small ones, and a domain in another script the
    ASCII form in which mail servers know it.

    Args:
        value: What somebody typed.

    Raises:
        ValidationError: It is no e-mail address.
    """
    typed = unicodedata.normalize("NFKC", value).strip().lower()
    name, _at, domain = typed.rpartition("@")
    try:
        address = f"{name}@{domain.encode('idna').decode('ascii')}"
        validate_email(address)
    except (UnicodeError, ValidationError):
        raise ValidationError(_("Write an e-mail address, such as name@ministry.example."), code="address") from None
    return address
