"""The accounts of the demonstration: one for each role, with a password and secrets that everybody may know."""

import base64
import hashlib
from dataclasses import dataclass

from django.conf import settings

from accounts.enums import Role

PASSWORD = "Pelican-Anvil-Maple-7"  # noqa: S105 - shown on the demonstration's own pages


@dataclass(frozen=True)
class DemoAccount:
    """One account to try the forum with.

    Args:
        role: As ``demo_accounts`` reports it; a focal point or coordinator is a delegate with a mandate.
        name: By role and state.
        email: In a domain that cannot exist.
        language: Of the pages and of mail.
        time_zone: IANA name.
        state: ISO code, for delegates.
    """

    role: str
    name: str
    email: str
    language: str
    time_zone: str = "Europe/Zurich"
    state: str = ""

    @property
    def user_role(self) -> Role:
        """The role that is kept with the account."""
        return Role.DELEGATE if self.role in {"focal_point", "coordinator"} else Role(self.role)


ACCOUNTS = (
    DemoAccount("delegate", "Delegate of Kenya", "kenya@forum.example", "en", "Africa/Nairobi", "KE"),
    DemoAccount("delegate", "Délégué du Sénégal", "senegal@forum.example", "fr", "Africa/Dakar", "SN"),
    DemoAccount("delegate", "Delegada de Colombia", "colombia@forum.example", "es", "America/Bogota", "CO"),
    DemoAccount("focal_point", "Focal point of Kenya", "focal.kenya@forum.example", "en", "Africa/Nairobi", "KE"),
    DemoAccount("focal_point", "Point focal du Sénégal", "focal.senegal@forum.example", "fr", "Africa/Dakar", "SN"),
    DemoAccount(
        "coordinator", "Coordinadora del GRULAC", "grulac@forum.example", "es", "America/Argentina/Buenos_Aires", "AR"
    ),
    DemoAccount(
        "coordinator", "Coordinator of the African Group", "african.group@forum.example", "en", "Africa/Lagos", "NG"
    ),
    DemoAccount(
        "coordinator", "Coordinator of the Asia-Pacific Group", "asia.pacific@forum.example", "en", "Asia/Jakarta", "ID"
    ),
    DemoAccount("coordinator", "Координатор группы CACEEC", "caceec@forum.example", "ru", "Asia/Almaty", "KZ"),
    DemoAccount("coordinator", "Coordinator of the CEBS Group", "cebs@forum.example", "en", "Europe/Warsaw", "PL"),
    DemoAccount("coordinator", "Coordinateur du groupe B", "group.b@forum.example", "fr", "Europe/Paris", "FR"),
    DemoAccount("coordinator", "中国协调员", "china@forum.example", "zh-hans", "Asia/Shanghai", "CN"),
    DemoAccount("moderator", "Moderator of the forum", "moderator@forum.example", "en"),
    DemoAccount("facilitator", "Facilitadora de la sala española", "facilitator@forum.example", "es"),
    DemoAccount("secretariat", "Secretariat", "secretariat@forum.example", "en"),
    DemoAccount("secretariat", "Deputy in the Secretariat", "deputy@forum.example", "fr"),
    DemoAccount("expert", "Expert of the Secretariat", "expert@forum.example", "en"),
    DemoAccount("external", "Association of technology managers", "external@forum.example", "en", "Asia/Manila"),
    DemoAccount("evaluator", "Independent evaluator", "evaluator@forum.example", "en", "Europe/London"),
)


def totp_secret_of(email: str) -> str | None:
    """Return the secret of a sample account's authenticator app, where its role needs one.

    Args:
        email: The address of the account.
    """
    account = next((account for account in ACCOUNTS if account.email == email), None)
    if account is None or not settings.REQUIRE_SECOND_FACTOR or account.user_role not in settings.SECOND_FACTOR_ROLES:
        return None
    return base64.b32encode(hashlib.sha256(f"demonstration {email}".encode()).digest()[:20]).decode()
