from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.reference import load_member_states
from demo.sample import load_sample
from forum.services.reference import load_structure


class Command(BaseCommand):
    help = "Loads the demonstration's people, topics and posts; loading again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Sample content is for demonstrations only. Set DEMO=1 to make this forum one.")
        load_member_states()
        load_structure()
        self.stdout.write(load_sample())
