import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.people


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0006_muted_and_held"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("forum", "0009_room_categories_and_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scheme",
                    models.CharField(
                        choices=[("groups", "Regional groups"), ("regions", "Geographic regions")],
                        max_length=10,
                        verbose_name="scheme",
                    ),
                ),
                ("key", models.SlugField(max_length=40, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_en", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("name_fr", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("name_es", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("name_ru", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("name_zh_hans", models.CharField(max_length=120, null=True, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "group",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="region",
                        to="accounts.regionalgroup",
                        verbose_name="regional group",
                    ),
                ),
                (
                    "states",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Of a geographic region; a regional group has those of its own.",
                        related_name="regions",
                        to="accounts.memberstate",
                        verbose_name="member states",
                    ),
                ),
            ],
            options={
                "verbose_name": "region",
                "verbose_name_plural": "regions",
                "ordering": ["scheme", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("scheme", "key"), name="region_once_in_each_scheme"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", False), ("scheme", "groups")),
                            models.Q(("group", None), ("scheme", "regions")),
                            _connector="OR",
                        ),
                        name="region_is_a_group_exactly_in_that_scheme",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScopeArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("letter", models.CharField(max_length=2, unique=True, verbose_name="letter")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_fr", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_es", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_ru", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_zh_hans", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("description_en", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_fr", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_es", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_ar", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_ru", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_zh_hans", models.TextField(blank=True, null=True, verbose_name="description")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "scope area",
                "verbose_name_plural": "scope areas",
                "ordering": ["position", "letter"],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("title_en", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_fr", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_es", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ru", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("theme", models.TextField(blank=True, max_length=4000, verbose_name="theme")),
                ("theme_en", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                ("theme_fr", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                ("theme_es", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                ("theme_ar", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                ("theme_ru", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                ("theme_zh_hans", models.TextField(blank=True, max_length=4000, null=True, verbose_name="theme")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Goes on"), ("explored", "Fully explored")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_reason",
                    models.TextField(
                        blank=True, help_text="Shown to the public.", max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="begun at"),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"), models.Q(("state_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="series_explored_has_a_reason",
                        violation_error_message="Say why the series is fully explored.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "Being prepared"),
                            ("shared", "List shared"),
                            ("open", "Answers open"),
                            ("closed", "Answers closed"),
                            ("analysis", "Being analysed"),
                            ("decided", "Decided"),
                            ("published", "Published"),
                            ("running", "Running"),
                            ("reported", "Reported"),
                        ],
                        default="preparing",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answers_due_at", models.DateTimeField(verbose_name="answers due")),
                ("decision_on", models.DateField(verbose_name="decision by")),
                ("publication_on", models.DateField(verbose_name="publication by")),
                ("cap", models.PositiveSmallIntegerField(default=6, verbose_name="most webinars")),
                (
                    "overridden_cap",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="most webinars, by exception"),
                ),
                (
                    "cap_reason",
                    models.TextField(
                        blank=True, help_text="Shown to the public.", verbose_name="reason for the exception"
                    ),
                ),
                ("cap_overridden_at", models.DateTimeField(blank=True, null=True, verbose_name="exception made at")),
                (
                    "scheme",
                    models.CharField(
                        choices=[("groups", "Regional groups"), ("regions", "Geographic regions")],
                        default="groups",
                        max_length=10,
                        verbose_name="coverage by",
                    ),
                ),
                (
                    "uncovered_reason",
                    models.TextField(
                        blank=True,
                        help_text="Shown to the public where one has none.",
                        verbose_name="why a region has no webinar",
                    ),
                ),
                (
                    "needs_adoption",
                    models.BooleanField(
                        default=False,
                        help_text="As Peru asked.",
                        verbose_name="a topic of the Secretariat must be taken up by a group",
                    ),
                ),
                (
                    "counts_repeats",
                    models.BooleanField(
                        default=True,
                        help_text="Towards the most in a year.",
                        verbose_name="a repeat in another language counts again",
                    ),
                ),
                (
                    "hides_answers",
                    models.BooleanField(
                        default=True, verbose_name="groups see each other's answers only after the deadline"
                    ),
                ),
                (
                    "priority_marks",
                    models.PositiveSmallIntegerField(default=2, verbose_name="priority marks of a group"),
                ),
                ("strong_marks", models.PositiveSmallIntegerField(default=3, verbose_name="strong marks of a group")),
                ("staff_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="staff days")),
                ("fewest_languages", models.PositiveSmallIntegerField(default=1, verbose_name="fewest languages")),
                (
                    "most_per_language",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="most in one language"),
                ),
                (
                    "most_per_proposal",
                    models.PositiveSmallIntegerField(default=1, verbose_name="most deliveries of one proposal"),
                ),
                ("reopened_reason", models.TextField(blank=True, verbose_name="why answers were opened again")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="made at"),
                ),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answers opened at"),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published at"),
                ),
                (
                    "cap_overridden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "cycle",
                "verbose_name_plural": "cycles",
                "ordering": ["-year"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overridden_cap", None),
                            models.Q(
                                ("cap_overridden_at__isnull", False),
                                ("cap_overridden_by__isnull", False),
                                ("overridden_cap__gt", models.F("cap")),
                                models.Q(("cap_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cycle_exceeds_its_cap_with_a_reason",
                        violation_error_message="Say why there are to be more webinars than the usual number.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("publication_on__gte", models.F("decision_on"))),
                        name="cycle_is_published_after_its_decision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cluster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clusters",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "cluster of proposals",
                "verbose_name_plural": "clusters of proposals",
                "ordering": ["cycle", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="In its cycle; never used again.", verbose_name="number"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("secretariat", "Secretariat"),
                            ("group", "Regional group"),
                            ("member", "Member state, through its group"),
                            ("carried", "Carried over from an earlier year"),
                            ("suggestion", "Suggested by participants"),
                        ],
                        max_length=12,
                        verbose_name="origin",
                    ),
                ),
                (
                    "entered_by_secretariat",
                    models.BooleanField(default=False, verbose_name="entered by the Secretariat"),
                ),
                ("language", models.CharField(max_length=10, verbose_name="written in")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("title_en", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_fr", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_es", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ru", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("aims", models.TextField(max_length=4000, verbose_name="objectives")),
                ("aims_en", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("aims_fr", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("aims_es", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("aims_ar", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("aims_ru", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("aims_zh_hans", models.TextField(max_length=4000, null=True, verbose_name="objectives")),
                ("audience", models.TextField(max_length=2000, verbose_name="target audience")),
                ("audience_en", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("audience_fr", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("audience_es", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("audience_ar", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("audience_ru", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("audience_zh_hans", models.TextField(max_length=2000, null=True, verbose_name="target audience")),
                ("subject", models.TextField(max_length=4000, verbose_name="subject")),
                ("subject_en", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                ("subject_fr", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                ("subject_es", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                ("subject_ar", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                ("subject_ru", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                ("subject_zh_hans", models.TextField(max_length=4000, null=True, verbose_name="subject")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None, verbose_name="wanted in"
                    ),
                ),
                (
                    "is_about_delivery",
                    models.BooleanField(default=True, verbose_name="about delivering technical assistance"),
                ),
                (
                    "about_note",
                    models.CharField(blank=True, max_length=300, verbose_name="if not, why it belongs here"),
                ),
                (
                    "elsewhere",
                    models.TextField(
                        blank=True,
                        help_text="So that nothing is done twice.",
                        max_length=1000,
                        verbose_name="related activity elsewhere",
                    ),
                ),
                ("is_series", models.BooleanField(default=False, verbose_name="a progressive series")),
                (
                    "is_in_scope",
                    models.BooleanField(
                        blank=True, help_text="As the analysis marked it.", null=True, verbose_name="in scope"
                    ),
                ),
                ("must_be_in", models.BooleanField(default=False, verbose_name="must be in")),
                ("is_barred", models.BooleanField(default=False, verbose_name="not this year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("with_coordinator", "With the coordinator"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned for completion"),
                            ("selected", "Selected"),
                            ("merged", "Merged with another"),
                            ("carried_over", "In the pipeline for later years"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("state_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                (
                    "pending_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("with_coordinator", "With the coordinator"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned for completion"),
                            ("selected", "Selected"),
                            ("merged", "Merged with another"),
                            ("carried_over", "In the pipeline for later years"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=16,
                        verbose_name="state to be published",
                    ),
                ),
                (
                    "pending_reason",
                    models.TextField(blank=True, max_length=1000, verbose_name="reason to be published"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="begun at"),
                ),
                (
                    "saved_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="saved at"),
                ),
                (
                    "submission_key",
                    models.UUIDField(
                        blank=True,
                        editable=False,
                        help_text="Made with the form, so that a form sent twice counts once.",
                        null=True,
                    ),
                ),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_to",
                        to="webinars.proposal",
                        verbose_name="carried from",
                    ),
                ),
                (
                    "cluster",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="webinars.cluster",
                        verbose_name="cluster",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinar_proposals",
                        to="accounts.regionalgroup",
                        verbose_name="regional group",
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
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinar_proposals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True, related_name="proposals", to="webinars.region", verbose_name="for"
                    ),
                ),
                (
                    "scope_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webinars.scopearea",
                        verbose_name="scope area",
                    ),
                ),
            ],
            options={
                "verbose_name": "webinar proposal",
                "verbose_name_plural": "webinar proposals",
                "ordering": ["cycle", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "number"), name="proposal_number_once_in_a_cycle"),
                    models.UniqueConstraint(
                        fields=("proposed_by", "submission_key"), name="proposal_once_for_each_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "group"), _negated=True), ("group__isnull", False), _connector="OR"
                        ),
                        name="proposal_of_a_group_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["declined", "returned"]), _negated=True),
                            models.Q(("state_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_not_taken_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_barred", True), ("must_be_in", True), _negated=True),
                        name="proposal_is_not_both_in_and_barred",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webinar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="part")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("title_en", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_fr", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_es", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ru", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("aims", models.TextField(blank=True, max_length=4000, verbose_name="objectives")),
                ("aims_en", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("aims_fr", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("aims_es", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("aims_ar", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("aims_ru", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("aims_zh_hans", models.TextField(blank=True, max_length=4000, null=True, verbose_name="objectives")),
                ("audience", models.TextField(blank=True, max_length=2000, verbose_name="target audience")),
                (
                    "audience_en",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "audience_fr",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "audience_es",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "audience_ar",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "audience_ru",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "audience_zh_hans",
                    models.TextField(blank=True, max_length=2000, null=True, verbose_name="target audience"),
                ),
                (
                    "promotion",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_en",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_fr",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_es",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_ar",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_ru",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "promotion_zh_hans",
                    models.TextField(
                        blank=True,
                        help_text="For web pages and social media, in each language.",
                        max_length=4000,
                        null=True,
                        verbose_name="ready text",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), size=None, verbose_name="held in"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("live", "Live presentations, then questions and answers"),
                            ("recorded", "Talk shared beforehand, then live questions and answers"),
                        ],
                        default="live",
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("organizing", "Being organized"),
                            ("announced", "Announced"),
                            ("live", "Under way"),
                            ("held", "Held"),
                            ("follow_up", "Being followed up"),
                            ("complete", "Complete"),
                            ("postponed", "Postponed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_reason",
                    models.TextField(
                        blank=True, help_text="Shown to the public.", max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        default="Europe/Zurich",
                        max_length=50,
                        validators=[accounts.models.people.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts at")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends at")),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                ("elsewhere", models.TextField(blank=True, max_length=1000, verbose_name="related activity elsewhere")),
                ("answers_due_on", models.DateField(blank=True, null=True, verbose_name="written answers due")),
                (
                    "no_recording_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why there is no recording"),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="calendar id")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False, verbose_name="calendar version")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="made at"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="changed at"),
                ),
                (
                    "builds_on",
                    models.ManyToManyField(
                        blank=True, related_name="built_on_by", to="webinars.webinar", verbose_name="builds on"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinars",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinars",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="organized by",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinars",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
                ("regions", models.ManyToManyField(related_name="webinars", to="webinars.region", verbose_name="for")),
                (
                    "repeats",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repetitions",
                        to="webinars.webinar",
                        verbose_name="repeats",
                    ),
                ),
                (
                    "scope_area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webinars.scopearea",
                        verbose_name="scope area",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinars",
                        to="webinars.series",
                        verbose_name="series",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where members talk about it before and after; only they see it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webinars",
                        to="forum.topic",
                        verbose_name="topic of the forum",
                    ),
                ),
            ],
            options={
                "verbose_name": "webinar",
                "verbose_name_plural": "webinars",
                "ordering": ["starts_at", "pk"],
                "indexes": [models.Index(fields=["state", "starts_at"], name="webinar_by_state_and_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at", None), ("starts_at", None)),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="webinar_ends_after_it_starts",
                        violation_error_message="A webinar ends after it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "organizing", "postponed", "cancelled"]),
                            ("starts_at__isnull", False),
                            _connector="OR",
                        ),
                        name="webinar_announced_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["postponed", "cancelled"]), _negated=True),
                            models.Q(("state_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="webinar_put_off_has_a_reason",
                        violation_error_message="Say why it is postponed or cancelled.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("repeats", None), models.Q(("state", "cancelled"), _negated=True)),
                        fields=("series", "part"),
                        name="webinar_part_once_in_a_series",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("languages__len__gte", 1)), name="webinar_has_a_language"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "full_name",
                    models.CharField(
                        max_length=120, validators=[accounts.models.people.validate_plain_name], verbose_name="name"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                (
                    "language",
                    models.CharField(
                        default="en", help_text="In which we write to them.", max_length=10, verbose_name="language"
                    ),
                ),
                (
                    "organization",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[accounts.models.people.validate_plain_name],
                        verbose_name="organization",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("speaker", "Speaker"), ("panellist", "Panellist"), ("chair", "Chair")],
                        default="speaker",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("is_internal", models.BooleanField(default=False, verbose_name="of WIPO")),
                (
                    "gender",
                    models.CharField(
                        blank=True, choices=[("f", "Woman"), ("m", "Man")], max_length=1, verbose_name="gender"
                    ),
                ),
                ("biography", models.TextField(blank=True, max_length=2000, verbose_name="about the expert")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "consents_to_recording",
                    models.BooleanField(blank=True, null=True, verbose_name="agrees to the recording"),
                ),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="said so at")),
                (
                    "interests",
                    models.CharField(
                        blank=True,
                        help_text="Any conflict of interest, or “none”.",
                        max_length=500,
                        verbose_name="interests declared",
                    ),
                ),
                ("token_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webinars.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="engagements",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "expert at a webinar",
                "verbose_name_plural": "experts at webinars",
                "ordering": ["webinar", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("link", "Link to a meeting"),
                            ("bigbluebutton", "BigBlueButton"),
                            ("zoom", "Zoom"),
                            ("jitsi", "Jitsi Meet"),
                            ("stream", "Embedded stream"),
                        ],
                        default="link",
                        max_length=15,
                        verbose_name="meeting software",
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=200, verbose_name="id there")),
                ("address", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("secrets", models.JSONField(blank=True, default=dict, verbose_name="what lets people in")),
                ("fallback_address", models.URLField(blank=True, max_length=500, verbose_name="address if that fails")),
                ("telephone", models.CharField(blank=True, max_length=300, verbose_name="telephone")),
                ("created_there_at", models.DateTimeField(blank=True, null=True, verbose_name="made there at")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("last_error", models.CharField(blank=True, max_length=200, verbose_name="last error")),
                (
                    "webinar",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meeting",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("opted_out_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
            ],
            options={
                "verbose_name": "address not to be written to",
                "verbose_name_plural": "addresses not to be written to",
                "ordering": ["-opted_out_at"],
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "moment",
                    models.CharField(
                        choices=[("start", "Before the start"), ("end", "After the end")],
                        max_length=5,
                        verbose_name="counted from",
                    ),
                ),
                ("minutes", models.PositiveIntegerField(verbose_name="minutes")),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_rules",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder rule",
                "verbose_name_plural": "reminder rules",
                "ordering": ["webinar", "moment", "-minutes"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("webinar", "moment", "minutes"), name="reminder_rule_once_at_each_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "earlier",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="webinars.webinar", verbose_name="participants of"
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="AnnualReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figures", models.JSONField(verbose_name="figures")),
                ("narrative", models.TextField(blank=True, max_length=20000, verbose_name="narrative")),
                ("narrative_en", models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative")),
                ("narrative_fr", models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative")),
                ("narrative_es", models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative")),
                ("narrative_ar", models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative")),
                ("narrative_ru", models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative")),
                (
                    "narrative_zh_hans",
                    models.TextField(blank=True, max_length=20000, null=True, verbose_name="narrative"),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "cycle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "annual report",
                "verbose_name_plural": "annual reports",
                "ordering": ["-cycle"],
            },
        ),
        migrations.CreateModel(
            name="ExpertFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "audience",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="fit of the audience",
                    ),
                ),
                (
                    "preparation",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="preparation by the Secretariat",
                    ),
                ),
                (
                    "questions",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="quality of the questions",
                    ),
                ),
                ("opinion", models.TextField(blank=True, max_length=2000, verbose_name="what you think of it")),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given at")),
                (
                    "engagement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="webinars.engagement",
                        verbose_name="expert",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback of an expert",
                "verbose_name_plural": "feedback of experts",
                "ordering": ["engagement"],
            },
        ),
        migrations.CreateModel(
            name="GroupAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="handed in at")),
                ("by_secretariat", models.BooleanField(default=False, verbose_name="entered by the Secretariat")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.regionalgroup",
                        verbose_name="regional group",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handed in by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of a group",
                "verbose_name_plural": "answers of groups",
                "ordering": ["cycle", "group"],
                "constraints": [models.UniqueConstraint(fields=("cycle", "group"), name="answer_once_of_each_group")],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "None"), (1, "Some"), (2, "Strong"), (3, "Priority")], verbose_name="interest"
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("wants_own", models.BooleanField(default=False, verbose_name="a session of its own")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "entered_by_secretariat",
                    models.BooleanField(default=False, verbose_name="entered by the Secretariat"),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered at")),
                ("replaced_at", models.DateTimeField(blank=True, null=True, verbose_name="replaced at")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interests",
                        to="accounts.regionalgroup",
                        verbose_name="regional group",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interests",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "interest of a group",
                "verbose_name_plural": "interests of groups",
                "ordering": ["proposal", "group", "-entered_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("proposal", "group"),
                        name="interest_is_current_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replaced_at", None), ("replaced_at__gte", models.F("entered_at")), _connector="OR"
                        ),
                        name="interest_is_replaced_after_it_is_entered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="webinars.proposal",
                        verbose_name="other proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "pair not to be combined",
                "verbose_name_plural": "pairs not to be combined",
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="exclusion_once_for_each_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="exclusion_is_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="part")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("title_en", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_fr", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_es", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_ru", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(max_length=160, null=True, verbose_name="title")),
                ("aims", models.TextField(blank=True, max_length=2000, verbose_name="objectives")),
                ("aims_en", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                ("aims_fr", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                ("aims_es", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                ("aims_ar", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                ("aims_ru", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                ("aims_zh_hans", models.TextField(blank=True, max_length=2000, null=True, verbose_name="objectives")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a proposed series",
                "verbose_name_plural": "parts of proposed series",
                "ordering": ["proposal", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "position"), name="proposal_part_once_in_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("texts", models.JSONField(verbose_name="texts")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what changed")),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="replaced at")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="replaced by",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier wording of a proposal",
                "verbose_name_plural": "earlier wordings of proposals",
                "ordering": ["proposal", "-replaced_at"],
            },
        ),
        migrations.CreateModel(
            name="Registration",
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
                    "institution",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[accounts.models.people.validate_plain_name],
                        verbose_name="institution",
                    ),
                ),
                (
                    "institution_kind",
                    models.CharField(
                        choices=[
                            ("university", "University"),
                            ("ip_office", "National IP office"),
                            ("government", "Other government body"),
                            ("private_sector", "Private sector"),
                            ("research", "Research institution"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="kind of institution",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", help_text="Of our mail.", max_length=10, verbose_name="language"),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Zurich",
                        max_length=50,
                        validators=[accounts.models.people.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "gender",
                    models.CharField(
                        blank=True, choices=[("f", "Woman"), ("m", "Man")], max_length=1, verbose_name="gender"
                    ),
                ),
                ("hears_of_later", models.BooleanField(default=False, verbose_name="wants to hear of later webinars")),
                ("accepts_recording", models.BooleanField(default=False, verbose_name="knows that it is recorded")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "To be confirmed by mail"),
                            ("confirmed", "Confirmed"),
                            ("waiting", "On the waiting list"),
                            ("offered", "Offered a place"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("offered_until", models.DateTimeField(blank=True, null=True, verbose_name="place offered until")),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered at"),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                (
                    "told_sequence",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="calendar version sent"),
                ),
                (
                    "attended",
                    models.BooleanField(
                        blank=True,
                        help_text="As corrected by hand; empty: as the join times say.",
                        null=True,
                        verbose_name="attended",
                    ),
                ),
                ("keep_until", models.DateField(verbose_name="kept until")),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="country",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="participant of the forum",
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "ordering": ["webinar", "registered_at"],
                "indexes": [models.Index(fields=["webinar", "state", "registered_at"], name="registration_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("webinar", "email"),
                        name="registration_once_for_each_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower(models.F("email")))),
                        name="registration_email_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("offered_until__isnull", False),
                            _connector="OR",
                        ),
                        name="registration_offer_expires",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_anonymous", models.BooleanField(default=False, verbose_name="without my name")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("text", models.TextField(max_length=1000, verbose_name="question")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("asked_before", models.BooleanField(default=False, verbose_name="asked beforehand")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("visible", "Shown"),
                            ("declined", "Declined"),
                            ("duplicate", "Joined with another"),
                            ("answered_live", "Answered live"),
                            ("answered_chat", "Answered in the chat"),
                            ("left_open", "Left open"),
                            ("assigned", "Assigned"),
                            ("drafted", "Answer drafted"),
                            ("cleared", "Answer cleared"),
                            ("published", "Answered in writing"),
                            ("closed", "Closed without an answer"),
                        ],
                        default="waiting",
                        max_length=15,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="first")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="webinars.question",
                        verbose_name="same as",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="participant of the forum",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="questions",
                        to="webinars.registration",
                        verbose_name="asked by",
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["webinar", "asked_at"],
                "indexes": [models.Index(fields=["webinar", "state"], name="question_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "duplicate"), _negated=True),
                            ("duplicate_of__isnull", False),
                            _connector="OR",
                        ),
                        name="question_joined_names_the_other",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duplicate_of", None),
                            models.Q(("duplicate_of", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="question_is_not_the_same_as_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["assigned", "drafted", "cleared"]), _negated=True),
                            models.Q(("due_on__isnull", False), ("owner__isnull", False)),
                            _connector="OR",
                        ),
                        name="question_assigned_has_an_owner_and_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["declined", "closed"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="question_not_answered_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("text", models.TextField(max_length=10000, verbose_name="answer")),
                ("html", models.TextField(editable=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("original", "Original"),
                            ("person", "Translated by a person"),
                            ("machine", "Translated by a machine"),
                        ],
                        default="original",
                        max_length=10,
                        verbose_name="made",
                    ),
                ),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="cleared at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cleared by",
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
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="webinars.question",
                        verbose_name="question",
                    ),
                ),
            ],
            options={
                "verbose_name": "written answer",
                "verbose_name_plural": "written answers",
                "ordering": ["question", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("question", "language"), name="answer_once_in_each_language"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            models.Q(("cleared_at__isnull", False), ("cleared_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="answer_is_published_once_cleared",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=200, verbose_name="id there")),
                ("formats", models.JSONField(default=list, verbose_name="formats")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received at")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="webinars.meeting",
                        verbose_name="meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["-received_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "external_id"), name="recording_once_for_each_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("staff_days", models.PositiveSmallIntegerField(default=5, verbose_name="staff days")),
                ("is_locked", models.BooleanField(default=False, verbose_name="locked in")),
                ("is_barred", models.BooleanField(default=False, verbose_name="not this one")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="webinars.proposalpart",
                        verbose_name="part",
                    ),
                ),
                ("regions", models.ManyToManyField(related_name="options", to="webinars.region", verbose_name="for")),
            ],
            options={
                "verbose_name": "way to hold a webinar",
                "verbose_name_plural": "ways to hold webinars",
                "ordering": ["proposal__number", "part__position", "language", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_barred", True), ("is_locked", True), _negated=True),
                        name="option_is_not_both_in_and_barred",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="webinars.question",
                        verbose_name="question",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote for a question",
                "verbose_name_plural": "votes for questions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("question", "registration"), name="question_vote_once_by_each_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback_receipt",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt for feedback",
                "verbose_name_plural": "receipts for feedback",
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("full_name", models.CharField(max_length=120, verbose_name="name")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes attended")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="issued at")),
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificate",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "ordering": ["-issued_at"],
            },
        ),
        migrations.CreateModel(
            name="CampaignMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("sent", "Handed to the mail"),
                            ("missed", "Missed: its moment had passed"),
                            ("dropped", "Not sent: no longer wanted or allowed"),
                        ],
                        default="scheduled",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="webinars.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        help_text="The earlier one, with which the person agreed.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="campaign_mails",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail of a campaign",
                "verbose_name_plural": "mails of campaigns",
                "ordering": ["campaign", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "email"), name="campaign_once_to_each_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="AttendanceInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined_at", models.DateTimeField(verbose_name="joined at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
                (
                    "source",
                    models.CharField(
                        choices=[("page", "Join button"), ("provider", "Meeting software"), ("hand", "By hand")],
                        max_length=10,
                        verbose_name="known from",
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=200, verbose_name="id there")),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intervals",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "stay in a meeting",
                "verbose_name_plural": "stays in meetings",
                "ordering": ["registration", "joined_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left_at", None), ("left_at__gte", models.F("joined_at")), _connector="OR"),
                        name="stay_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("registration", "external_id"),
                        name="stay_once_for_each_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "snapshot",
                    models.JSONField(
                        help_text="Webinars and proposals with their outcomes.", verbose_name="as published"
                    ),
                ),
                ("changes", models.JSONField(default=list, verbose_name="what changed")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="published at")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of a programme",
                "verbose_name_plural": "releases of programmes",
                "ordering": ["cycle", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "number"), name="release_once_with_each_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("sent", "Handed to the mail"),
                            ("missed", "Missed: its moment had passed"),
                            ("dropped", "Not sent: no longer wanted or allowed"),
                        ],
                        default="scheduled",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="webinars.registration",
                        verbose_name="registration",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="webinars.reminderrule",
                        verbose_name="rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "ordering": ["due_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "scheduled")), fields=["due_at"], name="reminder_scheduled"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "registration"), name="reminder_once_for_each_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="CycleScope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_scope", models.BooleanField(default=True, verbose_name="in scope")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scopes",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webinars.scopearea",
                        verbose_name="scope area",
                    ),
                ),
            ],
            options={
                "verbose_name": "scope of a cycle",
                "verbose_name_plural": "scopes of cycles",
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "area"), name="scope_area_once_in_each_cycle")
                ],
            },
        ),
        migrations.CreateModel(
            name="SelectionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("inputs", models.JSONField(verbose_name="inputs")),
                ("result", models.JSONField(verbose_name="result")),
                ("method", models.CharField(max_length=40, verbose_name="method")),
                ("version", models.CharField(max_length=20, verbose_name="version")),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="run at")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="webinars.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "run_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="run by",
                    ),
                ),
            ],
            options={
                "verbose_name": "run of the selection",
                "verbose_name_plural": "runs of the selection",
                "ordering": ["-run_at"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("differs", models.BooleanField(default=False, verbose_name="other than the run advised")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "option",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="webinars.option",
                        verbose_name="way",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="webinars.selectionrun",
                        verbose_name="run",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("differs", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="decision_that_differs_has_a_reason",
                        violation_error_message="Say why the decision is other than the run advised.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TopicSuggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("text", models.CharField(max_length=500, verbose_name="topic")),
                ("from_expert", models.BooleanField(default=False, verbose_name="by an expert")),
                ("suggested_on", models.DateField(verbose_name="suggested on")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="shown to members at")),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suggestions",
                        to="webinars.proposal",
                        verbose_name="proposal",
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggested topic",
                "verbose_name_plural": "suggested topics",
                "ordering": ["-suggested_on"],
            },
        ),
        migrations.CreateModel(
            name="PromotionTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("audience", models.CharField(max_length=160, verbose_name="whom")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "E-mail"),
                            ("web", "Web pages of institutions"),
                            ("social", "Social media"),
                            ("event", "Meetings and training"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "promoter",
                    models.CharField(
                        choices=[("secretariat", "Secretariat"), ("state", "Member state")],
                        max_length=12,
                        verbose_name="who",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="by")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("reach", models.PositiveIntegerField(blank=True, null=True, verbose_name="people reached")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
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
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="promotion_tasks",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of the promotion",
                "verbose_name_plural": "steps of the promotion",
                "ordering": ["webinar", "due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("member_state", None), ("promoter", "secretariat")),
                            models.Q(("member_state__isnull", False), ("promoter", "state")),
                            _connector="OR",
                        ),
                        name="promotion_by_a_state_names_it",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("talk", "Talk shared beforehand"),
                            ("slides", "Slides"),
                            ("recording", "Recording"),
                            ("audio", "Audio for slow lines"),
                            ("captions", "Captions"),
                            ("transcript", "Transcript"),
                            ("summary", "Summary"),
                            ("reading", "Further reading"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("original", "Original"),
                            ("person", "Translated by a person"),
                            ("machine", "Translated by a machine"),
                        ],
                        default="original",
                        max_length=10,
                        verbose_name="made",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                ("address", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("file", models.FileField(blank=True, upload_to="webinars/", verbose_name="file")),
                ("file_name", models.CharField(blank=True, max_length=160, verbose_name="file name")),
                ("media_type", models.CharField(blank=True, max_length=100, verbose_name="media type")),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="size in bytes")),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="Markdown; of a summary or a transcript.", verbose_name="text"
                    ),
                ),
                ("html", models.TextField(blank=True, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("checked", "Checked"),
                            ("published", "Published"),
                            ("superseded", "Replaced"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("rights_checked", models.BooleanField(default=False, verbose_name="rights checked")),
                ("accessibility_checked", models.BooleanField(default=False, verbose_name="accessibility checked")),
                ("visible_from", models.DateTimeField(blank=True, null=True, verbose_name="visible from")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="added at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="materials",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "ordering": ["webinar", "kind", "language", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address", ""), ("file", ""), ("text", ""), _negated=True),
                        name="material_is_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(("published_at__isnull", False), ("rights_checked", True)),
                            _connector="OR",
                        ),
                        name="material_is_checked_before_it_is_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "relevance",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="relevance to my daily work",
                    ),
                ),
                (
                    "lectures",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="quality of the lectures",
                    ),
                ),
                (
                    "speakers",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="quality of the speakers",
                    ),
                ),
                ("opinion", models.TextField(blank=True, max_length=2000, verbose_name="what you think of it")),
                (
                    "is_shown",
                    models.BooleanField(
                        default=False, help_text="After moderation.", verbose_name="opinion may be shown"
                    ),
                ),
                ("given_on", models.DateField(verbose_name="given on")),
                (
                    "webinar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="webinars.webinar",
                        verbose_name="webinar",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback of a participant",
                "verbose_name_plural": "feedback of participants",
                "ordering": ["webinar", "pk"],
            },
        ),
        migrations.AddField(
            model_name="cluster",
            name="lead",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="webinars.proposal",
                verbose_name="leading proposal",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="builds_on",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="webinars.webinar", verbose_name="builds on webinars held"
            ),
        ),
    ]
