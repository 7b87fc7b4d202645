import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.parts import is_on
from moderation.services.proposal_mail import take_proposal

UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h: the mail server sends the letter back
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the letter and comes again


class Command(BaseCommand):
    help = "Reads one letter from standard input, as a mail server pipes it, and makes a proposal of a topic of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipient", nargs="?", default="", help="To whom the letter was delivered.")

    def handle(self, *args: Any, recipient: str, **options: Any) -> None:
        if not is_on("moderation"):
            raise CommandError("The forum is switched off here: nobody can propose a topic.", returncode=UNAVAILABLE)
        raw = sys.stdin.buffer.read(settings.PROPOSAL_MAIL_BYTES + 1)
        try:
            self.stdout.write(take_proposal(raw, recipient=recipient))
        except DatabaseError as fault:
            self.stderr.write(type(fault).__name__)
            sys.exit(TRY_AGAIN)
