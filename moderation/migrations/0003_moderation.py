import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.people


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_muted_and_held"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("forum", "0009_room_categories_and_days"),
        ("moderation", "0002_weekly_topic_submission_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "occasion",
                    models.CharField(
                        choices=[("opening", "Before a topic opens"), ("closing", "Before a topic closes")],
                        max_length=10,
                        verbose_name="when",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("text_en", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_fr", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_es", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_ar", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_ru", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_zh_hans", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retired at")),
            ],
            options={
                "verbose_name": "point of the checklist",
                "verbose_name_plural": "points of the checklist",
                "ordering": ["occasion", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TrafficDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("page_views", models.PositiveIntegerField(default=0, verbose_name="page views")),
                ("sessions", models.PositiveIntegerField(default=0, verbose_name="sessions")),
                (
                    "active_users",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Registered users who were here not long before.",
                        null=True,
                        verbose_name="active users",
                    ),
                ),
            ],
            options={
                "verbose_name": "use on one day",
                "verbose_name_plural": "use by day",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="AdmissionCriterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("text_en", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_fr", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_es", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_ar", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_ru", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("text_zh_hans", models.CharField(max_length=300, null=True, verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="accounts.protocol",
                        verbose_name="protocol of use",
                    ),
                ),
            ],
            options={
                "verbose_name": "criterion for admissions",
                "verbose_name_plural": "criteria for admissions",
                "ordering": ["protocol", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("second", "A second person is asked"), ("decided", "Decided")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nothing", "Nothing to be done"),
                            ("edit_asked", "The author is asked to change it"),
                            ("hidden", "Hidden until it is changed"),
                            ("removed", "Removed; a placeholder stays"),
                            ("warning", "A warning to the author"),
                            ("mute", "The author does not write for a time"),
                            ("suspension", "The author is suspended for a time"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, help_text="The author reads it.", max_length=2000, verbose_name="reason"
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True, help_text="Of a mute or a suspension.", null=True, verbose_name="until"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("second_opinion", models.TextField(blank=True, max_length=2000, verbose_name="second opinion")),
                ("second_at", models.DateTimeField(blank=True, null=True, verbose_name="second opinion at")),
                (
                    "agrees_to_removal",
                    models.BooleanField(default=False, verbose_name="second person agrees to removal"),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="second person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reported post",
                "verbose_name_plural": "reported posts",
                "ordering": ["opened_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "decided"), _negated=True),
                        fields=("post",),
                        name="case_is_open_once_for_each_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "decided"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="case_is_decided_by_somebody_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", None),
                            ("decided_by", None),
                            models.Q(("second_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="case_has_two_different_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("upheld", "Granted"), ("rejected", "Not granted")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="moderation.case",
                        verbose_name="reported post",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistTick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ticked at")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ticks",
                        to="moderation.checklistitem",
                        verbose_name="point",
                    ),
                ),
                (
                    "ticked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ticked by",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticks",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "ticked point",
                "verbose_name_plural": "ticked points",
                "ordering": ["item"],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "topic"), name="point_ticked_once_for_each_topic")
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("upheld", "Granted"), ("rejected", "Not granted")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint",
                "verbose_name_plural": "complaints",
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="DeletionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("author", "I wrote it"),
                            ("state", "It was written in the name of my state"),
                            ("named", "It tells about me"),
                        ],
                        max_length=10,
                        verbose_name="ground",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="why")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("due_at", models.DateTimeField(verbose_name="to be decided by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("deleted", "Deleted"),
                            ("redacted", "Redacted in part"),
                            ("refused", "Refused"),
                            ("taken_back", "Taken back"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="reason of the decision")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deletion_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only this file; empty for the whole post with its files.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forum.attachment",
                        verbose_name="file",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deletion_requests",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "deletion request",
                "verbose_name_plural": "deletion requests",
                "ordering": ["due_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("post", "asked_by"),
                        name="deletion_is_asked_for_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "taken_back"]),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="deletion_is_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                (
                    "criteria",
                    models.TextField(
                        help_text="How success is measured; one criterion on each line.",
                        max_length=8000,
                        verbose_name="criteria",
                    ),
                ),
                (
                    "data",
                    models.TextField(
                        help_text="What is counted or asked, and how.", max_length=8000, verbose_name="data to collect"
                    ),
                ),
                ("agreed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="agreed at")),
                (
                    "report",
                    models.TextField(blank=True, help_text="Markdown.", max_length=100000, verbose_name="report"),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("continue", "Continue"),
                            ("modify", "Continue with changes"),
                            ("close", "Close and keep as an archive"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                (
                    "decision_source",
                    models.CharField(
                        blank=True,
                        help_text="Session and paragraph, such as CDIP/34, para 12.",
                        max_length=80,
                        verbose_name="decided in",
                    ),
                ),
                ("decision_note", models.TextField(blank=True, max_length=2000, verbose_name="what is to change")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                (
                    "archived_from",
                    models.DateField(
                        blank=True,
                        help_text="When the rooms are kept as an archive.",
                        null=True,
                        verbose_name="read-only from",
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agreed by",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="evaluator",
                    ),
                ),
            ],
            options={
                "verbose_name": "evaluation",
                "verbose_name_plural": "evaluations",
                "ordering": ["-starts_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="evaluation_ends_after_it_starts",
                        violation_error_message="A period ends after it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", ""),
                            models.Q(("decided_on__isnull", False), models.Q(("decision_source", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="evaluation_is_decided_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("archived_from__isnull", False), ("decision", "close")),
                            models.Q(models.Q(("decision", "close"), _negated=True), ("archived_from", None)),
                            _connector="OR",
                        ),
                        name="evaluation_archives_exactly_when_it_closes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("action", "Action taken"),
                            ("idea", "New idea"),
                            ("cooperation", "New cooperation"),
                            ("use", "Use made of what was learned"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="what came of it")),
                ("happened_on", models.DateField(verbose_name="when")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "states",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="accounts.memberstate", verbose_name="member states"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up",
                "verbose_name_plural": "follow-ups",
                "ordering": ["-happened_on"],
            },
        ),
        migrations.CreateModel(
            name="LanguageDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="why")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="language_demands",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "demand for a language",
                "verbose_name_plural": "demand for languages",
                "ordering": ["language", "created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "user"), name="language_is_asked_for_once_by_each_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderContract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                (
                    "competence",
                    models.TextField(
                        blank=True,
                        help_text="What the provider knows of technical assistance, and of similar duties.",
                        max_length=2000,
                        verbose_name="competence",
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="provider",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="forum.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "provider's contract",
                "verbose_name_plural": "providers' contracts",
                "ordering": ["room", "-starts_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="contract_ends_after_it_starts",
                        violation_error_message="A contract ends on or after the day it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("confidential", "It tells what must stay confidential"),
                            ("off_topic", "It does not belong in this discussion"),
                            ("not_neutral", "It is not neutral, or it attacks somebody"),
                            ("promotion", "It promotes a product or a service"),
                            ("personal_data", "It tells about a person what is private"),
                            ("wrong", "It is wrong or misleading"),
                            ("other", "Something else"),
                        ],
                        max_length=15,
                        verbose_name="reason",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="what is wrong with it")),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="reported at")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="moderation.case",
                        verbose_name="reported post",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["reported_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "reporter"), name="report_once_by_each_reader")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("session", models.CharField(help_text="Such as CDIP/34.", max_length=40, verbose_name="session")),
                ("paragraph", models.CharField(blank=True, max_length=40, verbose_name="paragraph")),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("subject", models.CharField(max_length=300, verbose_name="what was decided")),
                ("one_off_cost", models.PositiveIntegerField(default=0, verbose_name="cost once, in Swiss francs")),
                ("yearly_cost", models.PositiveIntegerField(default=0, verbose_name="cost each year, in Swiss francs")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="forum.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on the forum",
                "verbose_name_plural": "decisions on the forum",
                "ordering": ["-decided_on"],
            },
        ),
        migrations.CreateModel(
            name="Sanction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("warning", "Warning"), ("mute", "Does not write"), ("suspension", "Suspended")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted at")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sanctions",
                        to="moderation.case",
                        verbose_name="reported post",
                    ),
                ),
                (
                    "imposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="imposed by",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sanctions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "sanction",
                "verbose_name_plural": "sanctions",
                "ordering": ["-starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at", None), ("kind", "warning")),
                            models.Q(
                                models.Q(("kind", "warning"), _negated=True), ("ends_at__gt", models.F("starts_at"))
                            ),
                            _connector="OR",
                        ),
                        name="sanction_ends_unless_it_is_a_warning",
                        violation_error_message="A warning has no end; a mute or a suspension has one.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request", models.TextField(max_length=2000, verbose_name="what is asked")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("answered", "Answered"), ("taken_back", "Taken back")],
                        default="asked",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="forum.post",
                        verbose_name="answer",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "discussion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff expert",
                    ),
                ),
                (
                    "member_state",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for an answer",
                "verbose_name_plural": "requests for an answer",
                "ordering": ["due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expert__isnull", False), ("member_state", None)),
                            models.Q(("expert", None), ("member_state__isnull", False)),
                            _connector="OR",
                        ),
                        name="call_is_for_an_expert_or_a_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("discussion", "expert"),
                        name="call_waits_once_for_each_expert",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("discussion", "member_state"),
                        name="call_waits_once_for_each_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("body", models.TextField(blank=True, verbose_name="suggested wording")),
                ("first_body", models.TextField(editable=False, verbose_name="first wording")),
                ("suggested_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="suggested at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent to the author"),
                            ("resubmitted", "Resubmitted"),
                            ("published", "Published"),
                            ("declined", "Not published"),
                        ],
                        default="sent",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "suggested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="suggested by",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion to an author",
                "verbose_name_plural": "suggestions to authors",
                "ordering": ["-suggested_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["sent", "resubmitted"])),
                        fields=("post",),
                        name="suggestion_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None), ("settled_at__gte", models.F("suggested_at")), _connector="OR"
                        ),
                        name="suggestion_settles_after_it_is_made",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Synthesis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text", models.TextField(blank=True, help_text="Markdown, in each language.", verbose_name="text")),
                (
                    "text_en",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                (
                    "text_fr",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                (
                    "text_es",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                (
                    "text_ar",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                (
                    "text_ru",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                (
                    "text_zh_hans",
                    models.TextField(
                        blank=True, help_text="Markdown, in each language.", null=True, verbose_name="text"
                    ),
                ),
                ("changes", models.CharField(blank=True, max_length=300, verbose_name="what changed")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("corrections_until", models.DateTimeField(blank=True, null=True, verbose_name="corrections until")),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="syntheses",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "synthesis",
                "verbose_name_plural": "syntheses",
                "ordering": ["topic", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("topic", "number"), name="synthesis_version_once_in_a_topic"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)),
                        fields=("topic",),
                        name="synthesis_is_written_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("text", models.TextField(max_length=2000, verbose_name="what is to be corrected")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("taken_up", "Taken up"), ("declined", "Declined")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "synthesis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="moderation.synthesis",
                        verbose_name="synthesis",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a correction",
                "verbose_name_plural": "requests for corrections",
                "ordering": ["asked_at"],
            },
        ),
        migrations.CreateModel(
            name="SynthesisNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="handed in at")),
                (
                    "discussion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="synthesis_note",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "notes for the synthesis",
                "verbose_name_plural": "notes for syntheses",
                "ordering": ["discussion"],
            },
        ),
        migrations.CreateModel(
            name="TopicProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "why",
                    models.TextField(
                        help_text="Why it is worth a week of everybody’s time.", max_length=4000, verbose_name="why"
                    ),
                ),
                (
                    "expected_result",
                    models.TextField(
                        blank=True,
                        help_text="What the discussion should have produced at its end.",
                        max_length=2000,
                        verbose_name="expected result",
                    ),
                ),
                (
                    "language",
                    models.CharField(help_text="In which it is written.", max_length=10, verbose_name="language"),
                ),
                (
                    "wanted_languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None, verbose_name="wanted in"
                    ),
                ),
                ("names_proposer", models.BooleanField(default=False, verbose_name="the topic may name me")),
                ("by_mail", models.BooleanField(default=False, editable=False, verbose_name="came by mail")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("accepted", "Accepted"),
                            ("scheduled", "Scheduled"),
                            ("merged", "Merged with another"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=15,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "submission_key",
                    models.UUIDField(
                        blank=True,
                        editable=False,
                        help_text="Made with the form, so that a form sent twice counts once.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="proposed at")),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="forum.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "member_state",
                    models.ForeignKey(
                        blank=True,
                        help_text="The proposer's when it was proposed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="moderation.topicproposal",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topic_proposals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        help_text="The topic that was made of it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic proposal",
                "verbose_name_plural": "topic proposals",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("proposed_by", "submission_key"), name="topic_proposal_once_for_each_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="topic_proposal_declined_with_a_reason",
                        violation_error_message="Say why it is declined.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "merged"), _negated=True),
                            ("merged_into__isnull", False),
                            _connector="OR",
                        ),
                        name="topic_proposal_merged_names_the_other",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("merged_into", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="topic_proposal_is_not_merged_into_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalSupport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="supported at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supported_proposals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="participant",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to="moderation.topicproposal",
                        verbose_name="topic proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "support of a proposal",
                "verbose_name_plural": "support of proposals",
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "user"), name="proposal_supported_once_by_each_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="TopicTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("title_fr", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("title_es", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("title_ar", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("title_ru", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(blank=True, max_length=120, null=True, verbose_name="title")),
                ("objective", models.TextField(blank=True, verbose_name="objective")),
                ("objective_en", models.TextField(blank=True, null=True, verbose_name="objective")),
                ("objective_fr", models.TextField(blank=True, null=True, verbose_name="objective")),
                ("objective_es", models.TextField(blank=True, null=True, verbose_name="objective")),
                ("objective_ar", models.TextField(blank=True, null=True, verbose_name="objective")),
                ("objective_ru", models.TextField(blank=True, null=True, verbose_name="objective")),
                ("objective_zh_hans", models.TextField(blank=True, null=True, verbose_name="objective")),
                (
                    "guiding_questions",
                    models.TextField(blank=True, help_text="One on each line.", verbose_name="guiding questions"),
                ),
                (
                    "guiding_questions_en",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "guiding_questions_fr",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "guiding_questions_es",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "guiding_questions_ar",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "guiding_questions_ru",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "guiding_questions_zh_hans",
                    models.TextField(
                        blank=True, help_text="One on each line.", null=True, verbose_name="guiding questions"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="forum.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="forum.step",
                        verbose_name="step of the assistance cycle",
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retired at")),
            ],
            options={
                "verbose_name": "topic template",
                "verbose_name_plural": "topic templates",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Admission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "full_name",
                    models.CharField(
                        max_length=120, validators=[accounts.models.people.validate_plain_name], verbose_name="name"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "organization",
                    models.CharField(
                        max_length=160,
                        validators=[accounts.models.people.validate_plain_name],
                        verbose_name="organization",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organization", "Intergovernmental organization"),
                            ("ngo", "Non-governmental organization"),
                            ("academic", "Academic"),
                            ("business", "Business or industry"),
                            ("practitioner", "Practitioner or consultant"),
                            ("other", "Other"),
                        ],
                        max_length=15,
                        verbose_name="kind of stakeholder",
                    ),
                ),
                (
                    "language",
                    models.CharField(help_text="In which we write to them.", max_length=10, verbose_name="language"),
                ),
                (
                    "purpose",
                    models.TextField(
                        help_text="What the discussion gains by this person’s taking part.",
                        max_length=2000,
                        verbose_name="why",
                    ),
                ),
                (
                    "interests",
                    models.TextField(
                        blank=True,
                        help_text="Any conflict of interest, or “none”.",
                        max_length=1000,
                        verbose_name="interests",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("room", "This discussion only"),
                            ("sisters", "This discussion and its sisters in the other rooms"),
                        ],
                        default="room",
                        max_length=10,
                        verbose_name="reach",
                    ),
                ),
                ("sees_earlier_posts", models.BooleanField(default=True, verbose_name="sees the posts made before")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "With the focal point"),
                            ("returned", "Returned to who drafted it"),
                            ("confirmed", "To be assessed"),
                            ("assessed", "To be decided"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="drafted at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("is_recommended", models.BooleanField(blank=True, null=True, verbose_name="recommended")),
                ("assessment", models.TextField(blank=True, max_length=2000, verbose_name="assessment")),
                ("assessed_at", models.DateTimeField(blank=True, null=True, verbose_name="assessed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason of the decision")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("end_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason of the end")),
                (
                    "submission_key",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="Made with the form, so that a form sent twice counts once.",
                    ),
                ),
                (
                    "assessed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assessed by",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "discussion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admissions",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="drafted by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.protocol",
                        verbose_name="assessed against",
                    ),
                ),
                (
                    "sponsor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admissions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="external stakeholder",
                    ),
                ),
                (
                    "criteria_met",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="moderation.admissioncriterion", verbose_name="criteria met"
                    ),
                ),
            ],
            options={
                "verbose_name": "admission",
                "verbose_name_plural": "admissions",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("drafted_by", "submission_key"), name="admission_once_for_each_form"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "confirmed", "assessed"])),
                        fields=("discussion", "email"),
                        name="admission_is_asked_for_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["assessed", "approved"]), _negated=True),
                            models.Q(
                                ("assessed_by__isnull", False),
                                ("is_recommended__isnull", False),
                                ("protocol__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="admission_is_assessed_against_a_protocol",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False), ("starts_at__isnull", False), ("user__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="admission_is_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="admission_ends_after_it_starts",
                        violation_error_message="An admission ends after it starts.",
                    ),
                ],
            },
        ),
    ]
