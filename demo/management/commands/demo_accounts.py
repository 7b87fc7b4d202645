import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from demo.people import ACCOUNTS, PASSWORD, totp_secret_of


class Command(BaseCommand):
    help = "Prints the sample accounts of the demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as a list of objects, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This forum is no demonstration: it has no sample accounts. Set DEMO=1 to make it one.")
        present = set(User.objects.filter(email__in=[a.email for a in ACCOUNTS]).values_list("email", flat=True))
        accounts = [
            {
                "role": account.role,
                "name": account.name,
                "email": account.email,
                "password": PASSWORD,
                "totp_secret": totp_secret_of(account.email),
                "language": account.language,
                "member_state": account.state or None,
            }
            for account in ACCOUNTS
            if account.email in present
        ]
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False, indent=2))
            return
        for account in accounts:
            second = f"  app key {account['totp_secret']}" if account["totp_secret"] else ""
            self.stdout.write(f"  {account['role']:<12} {account['email']:<30} {account['password']}{second}")
