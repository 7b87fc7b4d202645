from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import audit


class Command(BaseCommand):
    help = "Seal what is new in the audit trail, and check that nothing in it was changed, removed or moved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since-hash", default="", help="A last seal that was kept elsewhere; it must still be in the chain."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        audit.seal()
        try:
            count, last = audit.verify(since=options["since_hash"].strip().lower())
        except audit.BrokenChainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} entries, last seal {last}")
