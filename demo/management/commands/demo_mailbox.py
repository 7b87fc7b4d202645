import signal
import threading
from typing import Any

from aiosmtpd.controller import Controller
from django.core.management.base import BaseCommand, CommandParser

from demo.mailbox import MailboxHandler


class Command(BaseCommand):
    help = "Receives the demonstration's mail on a local port, for /demo/mail/ to show."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=1025)

    def handle(self, *args: Any, **options: Any) -> None:
        controller = Controller(MailboxHandler(), hostname="127.0.0.1", port=options["port"])
        controller.start()
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        stopped.wait()
        controller.stop()
