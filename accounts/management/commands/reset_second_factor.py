from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.backends import person_with
from accounts.services.security import reset_second_factor


class Command(BaseCommand):
    help = "Removes the second factors of somebody who has lost them, and signs them out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--reason", required=True, help="how it was made sure who asks; kept in the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_with(options["email"])
        if person is None:
            raise CommandError("No account has this address.")
        removed = reset_second_factor(actor=None, person=person, reason=options["reason"])
        self.stdout.write(f"{removed} removed; whose role needs a second factor sets up another at the next sign-in.")
