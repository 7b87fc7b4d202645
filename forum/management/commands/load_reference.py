from typing import Any

from django.core.management.base import BaseCommand

from accounts.days import today
from accounts.services.reference import load_member_states, load_protocol, load_registered
from forum.services.reference import load_structure


class Command(BaseCommand):
    help = "Loads what every forum starts with: member states, groups, categories, steps, core rooms and the protocol."

    def handle(self, *args: Any, **options: Any) -> None:
        states = load_member_states()
        load_structure()
        load_protocol(today())
        load_registered()
        self.stdout.write(f"{states} member states, categories, steps, core rooms and protocol of use are loaded.")
