from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.backends import person_with
from accounts.services.sessions import end_by_operator


class Command(BaseCommand):
    help = "Signs one person, or everybody, out of every browser."

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--person", metavar="E-MAIL", help="the address of one account")
        whose.add_argument("--all", action="store_true", help="everybody")

    def handle(self, *args: Any, **options: Any) -> None:
        person = None
        if not options["all"]:
            person = person_with(options["person"])
            if person is None:
                raise CommandError("No account has this address.")
        count = end_by_operator(person)
        self.stdout.write(f"{count} session{'' if count == 1 else 's'} ended.")
