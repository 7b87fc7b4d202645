from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.reference import load_member_states
from forum.services.reference import load_structure


class Command(BaseCommand):
    help = "Loads what every forum starts with: member states, groups, categories, steps and core rooms."

    def handle(self, *args: Any, **options: Any) -> None:
        states = load_member_states()
        load_structure()
        self.stdout.write(f"{states} member states, the categories, the steps and the core rooms are loaded.")
