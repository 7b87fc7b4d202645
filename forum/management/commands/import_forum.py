import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from forum.enums import Audience
from forum.imports import jsonl, mbox
from forum.imports.plan import Plan, make_plan
from forum.imports.records import OldForum, Problem
from forum.services.imports import Outcome, import_forum, refused_files

SHOWN = 50  # of each kind of problem
SECONDS_BETWEEN_SIGNS = 1.0


class Command(BaseCommand):
    help = "Takes an older forum or a mailing list's archive over; docs/import.md has the formats."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="a short name of the older forum, the same at each run")
        parser.add_argument("--format", required=True, choices=["jsonl", "mbox"])
        parser.add_argument(
            "--audience",
            choices=Audience.values,
            help="who could read it; of an mbox only, JSON Lines say it themselves",
        )
        parser.add_argument("--room", default="", help="language of the room for threads without language or room")
        parser.add_argument("--category", default="", help="slug of the category for all of it")
        parser.add_argument(
            "--files", type=Path, help="folder of the attachments; that of a JSON Lines file by default"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_slug(options["source"])
            forum, audience = self._read(options)
            plan = make_plan(
                forum, source=options["source"], audience=audience, room=options["room"], category=options["category"]
            )
            self._describe(forum, plan)
            if options["dry_run"]:
                self._list("Attachments left out", refused_files(plan))
                self.stdout.write("Nothing was written.")
            else:
                self._import(forum, plan)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _read(self, options: dict[str, Any]) -> tuple[OldForum, Audience]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if options["format"] == "mbox":
            if not (options["audience"] and options["room"]):
                raise CommandError("Say with --audience who could read the list, and with --room where it goes.")
            forum = mbox.read(path)
            self._list("Messages left out", forum.problems)
            return forum, Audience(options["audience"])
        forum = jsonl.read(path, options["files"])
        if forum.problems or forum.audience is None:
            self._list("Lines that are wrong", forum.problems, shown=None)
            raise CommandError("Nothing was imported: mend these lines first.")
        return forum, forum.audience

    def _describe(self, forum: OldForum, plan: Plan) -> None:
        self.stdout.write(
            f"To create: {plan.new_topics} topics, {plan.posts} posts, {plan.files} attachments"
            f" by {len(plan.authors)} authors, {plan.with_account} of whom have the address of an account here."
        )
        self.stdout.write(f"Here already: {plan.topics_known} topics, {plan.posts_known} posts.")
        self._list("Twice in the file, the first is taken", forum.duplicates)
        self._list(
            "Authors who are not in the file, shown by their key",
            (Problem(key, f"{count} posts") for key, count in plan.missing_authors.items()),
        )
        self._list("Posts left out, dates out of range", plan.dates_out_of_range)
        self._list(
            "Topics left out, no room for their language: name one with --room",
            (Problem(language or "none", f"{count} topics") for language, count in plan.without_room.items()),
        )
        self._list("Topics left out, they hold nothing", plan.without_posts)
        self._list("Titles shortened", plan.shortened)

    def _list(self, heading: str, problems: Iterable[Problem], shown: int | None = SHOWN) -> None:
        found = list(problems)
        if not found:
            return
        self.stdout.write(f"{heading}: {len(found)}")
        for problem in found[:shown]:
            self.stdout.write(f"  {problem}")
        if len(found) > len(found[:shown]):
            self.stdout.write(f"  and {len(found) - len(found[:shown])} more")

    def _import(self, forum: OldForum, plan: Plan) -> None:
        begun = shown = time.monotonic()

        def progress(done: int) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= SECONDS_BETWEEN_SIGNS or done == plan.posts:
                shown = now
                rate = done / max(now - begun, 0.001)
                left = (plan.posts - done) / rate
                self.stderr.write(f"{done} of {plan.posts} posts, {rate:.0f} a second, {left:.0f} s left", ending=end)

        end = "\r" if self.stderr.isatty() else "\n"
        outcome: Outcome = import_forum(forum, plan, progress=progress)
        self._list("Attachments left out", outcome.refused)
        self.stdout.write(
            f"Imported: {outcome.topics.total()} topics, {outcome.posts.total()} posts,"
            f" {outcome.files.total()} attachments."
        )
