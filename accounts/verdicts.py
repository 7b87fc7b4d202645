"""What a policy answers."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True, slots=True)
class Verdict:
    """A policy's answer: true when there is no reason against.

    Args:
        reason: Why not, as a sentence the person can read; empty when it is allowed.
    """

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason

    def enforce(self) -> None:
        """Do nothing when allowed.

        Raises:
            PermissionDenied: It is not; the message is the reason.
        """
        if self.reason:
            raise PermissionDenied(self.reason)


ALLOWED = Verdict()
