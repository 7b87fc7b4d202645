import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_cache_table"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("forum", "0004_experience"),
    ]

    operations = [
        migrations.CreateModel(
            name="LibraryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveIntegerField(
                        blank=True,
                        editable=False,
                        help_text="Given at publication.",
                        null=True,
                        unique=True,
                        verbose_name="number",
                    ),
                ),
                (
                    "entry_type",
                    models.CharField(
                        blank=True,
                        choices=[("practice", "Practice"), ("tool", "Tool"), ("methodology", "Methodology")],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="What it is and whom it helped, in a few sentences.",
                        verbose_name="summary",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("programme", models.CharField(blank=True, max_length=160, verbose_name="WIPO programme")),
                (
                    "provider",
                    models.CharField(
                        blank=True, help_text="When it is not WIPO.", max_length=160, verbose_name="provider"
                    ),
                ),
                (
                    "beneficiary",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("office", "IP office"),
                            ("government", "Other government body"),
                            ("judiciary", "Judges and enforcement"),
                            ("university", "University or research institution"),
                            ("business", "Business and inventors"),
                            ("creators", "Creators and their societies"),
                            ("public", "The public at large"),
                        ],
                        max_length=12,
                        verbose_name="beneficiary",
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mission", "Expert mission"),
                            ("training", "Training or workshop"),
                            ("visit", "Study visit"),
                            ("remote", "At a distance"),
                            ("system", "System or equipment"),
                            ("document", "Guide or study"),
                            ("mixed", "Several of these"),
                        ],
                        max_length=12,
                        verbose_name="mode of delivery",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("expected_result", models.TextField(blank=True, verbose_name="expected result")),
                ("achieved_result", models.TextField(blank=True, verbose_name="achieved result")),
                ("lessons", models.TextField(blank=True, verbose_name="lessons learned")),
                (
                    "address",
                    models.URLField(blank=True, help_text="Where more of it is found.", verbose_name="address"),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[
                            ("none", "Not reviewed"),
                            ("under_way", "Under peer review"),
                            ("reviewed", "Peer reviewed"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="review",
                    ),
                ),
                (
                    "is_legislative_advice",
                    models.BooleanField(
                        blank=True,
                        help_text="Such advice is confidential: it is published only with the permission of the state.",
                        null=True,
                        verbose_name="discloses legislative advice",
                    ),
                ),
                (
                    "plan",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "No"),
                            ("complete", "Yes, and it is complete"),
                            ("unfinished", "Yes, and it is still being prepared"),
                        ],
                        help_text="It is published once it is complete, with the permission of the state.",
                        max_length=12,
                        verbose_name="strategy, policy or plan of a state",
                    ),
                ),
                (
                    "permission",
                    models.CharField(
                        choices=[
                            ("not_needed", "Not needed"),
                            ("asked", "Asked"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="not_needed",
                        editable=False,
                        max_length=12,
                        verbose_name="permission of the states",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Unfinished"),
                            ("proposed", "Proposed"),
                            ("returned", "Returned"),
                            ("published", "Published"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Counts the changes, so that nobody decides on what they have not read.",
                    ),
                ),
                (
                    "submission_key",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="Made with the form, so that a form sent twice is kept once.",
                    ),
                ),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at")),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="last reviewed at")),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        related_name="library_entries",
                        to="accounts.regionalgroup",
                        verbose_name="regional groups concerned",
                    ),
                ),
                (
                    "post",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="library_entry",
                        to="forum.post",
                        verbose_name="contribution",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed_entries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "states",
                    models.ManyToManyField(
                        blank=True,
                        related_name="library_entries",
                        to="accounts.memberstate",
                        verbose_name="member states concerned",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.step",
                        verbose_name="step of the assistance cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the library",
                "verbose_name_plural": "entries of the library",
                "ordering": ["-published_at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "-published_at", "-id"], name="entry_by_publication"),
                    models.Index(fields=["state", "-reviewed_at", "-id"], name="entry_by_review"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("starts_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="entry_ends_after_it_starts",
                        violation_error_message="The period ends after it begins.",
                    ),
                    models.UniqueConstraint(fields=("proposed_by", "submission_key"), name="entry_once_for_each_form"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                models.Q(("entry_type", ""), _negated=True),
                                models.Q(("title", ""), _negated=True),
                                models.Q(("summary", ""), _negated=True),
                                models.Q(("plan", ""), _negated=True),
                                ("category__isnull", False),
                                ("is_legislative_advice__isnull", False),
                                ("proposed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="entry_proposed_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("number__isnull", False),
                                ("published_at__isnull", False),
                                ("reviewed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="entry_published_has_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("permission", "granted"),
                            models.Q(("is_legislative_advice", False), ("permission", "not_needed"), ("plan", "none")),
                            _connector="OR",
                        ),
                        name="entry_published_with_permission",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plan", "unfinished"), ("state", "published"), _negated=True),
                        name="entry_of_a_plan_published_once_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="uploaded at")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="content type")),
                ("size", models.PositiveIntegerField(help_text="In bytes.", verbose_name="size")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("file", models.FileField(max_length=200, upload_to="attachments/")),
                ("preview", models.FileField(blank=True, editable=False, max_length=200, upload_to="previews/")),
                ("preview_width", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("preview_height", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("text", models.TextField(blank=True, editable=False)),
                (
                    "text_read_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Until then the text of a document is still to be read.",
                        null=True,
                    ),
                ),
                (
                    "discussion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="forum.libraryentry",
                        verbose_name="entry of the library",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["uploaded_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("entry", None), ("post", None)),
                        fields=["uploaded_by", "discussion"],
                        name="attachment_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("text_read_at", None)), fields=["id"], name="attachment_text_to_read"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("post", None), ("entry", None), _connector="OR"),
                        name="attachment_of_a_post_or_an_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("discussion__isnull", False), ("entry__isnull", False), _connector="OR"),
                        name="attachment_belongs_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedAuthor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.SlugField(verbose_name="source")),
                ("key", models.CharField(max_length=254, verbose_name="key in the source")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="Never shown; it proves a claim.", max_length=254, verbose_name="e-mail"
                    ),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="claimed at")),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="claimed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported author",
                "verbose_name_plural": "imported authors",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("source", "key"), name="imported_author_once")],
            },
        ),
        migrations.CreateModel(
            name="AuthorClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("is_granted", models.BooleanField(blank=True, null=True, verbose_name="granted")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="forum.importedauthor",
                        verbose_name="imported author",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim of an imported author",
                "verbose_name_plural": "claims of imported authors",
                "ordering": ["asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_granted", None)),
                        fields=("author", "user"),
                        name="claim_open_once_for_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment", "Comment"),
                            ("idea", "Idea"),
                            ("practice", "Practice"),
                            ("tool", "Tool"),
                            ("methodology", "Methodology"),
                            ("experience", "Experience"),
                            ("question", "Question"),
                        ],
                        default="comment",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "capacity",
                    models.CharField(
                        choices=[("personal", "Personal capacity"), ("delegation", "Statement of the delegation")],
                        default="personal",
                        max_length=12,
                        verbose_name="capacity",
                    ),
                ),
                ("reply_to", models.PositiveIntegerField(blank=True, null=True, verbose_name="reply to post")),
                ("corrects", models.PositiveIntegerField(blank=True, null=True, verbose_name="corrects post")),
                (
                    "publishes",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise its author publishes it.",
                        verbose_name="publish it once it is cleared",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note to the colleague")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("cleared", "Cleared"),
                            ("returned", "Returned with remarks"),
                            ("taken_back", "Taken back"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="remarks")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances_asked",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "colleague",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances_due",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="colleague",
                    ),
                ),
                (
                    "discussion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clearances",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "post",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="clearance",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "clearance",
                "verbose_name_plural": "clearances",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("author", "discussion"),
                        name="clearance_asked_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", models.F("colleague")), _negated=True),
                        name="clearance_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made at")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_token",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a feed",
                "verbose_name_plural": "addresses of feeds",
            },
        ),
        migrations.CreateModel(
            name="ImportedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.SlugField(verbose_name="source")),
                ("key", models.CharField(max_length=254, verbose_name="key in the source")),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="Path and query.", max_length=500, verbose_name="old address"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.post",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported item",
                "verbose_name_plural": "imported items",
                "indexes": [models.Index(fields=["address"], name="imported_item_by_address")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="imported_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("post__isnull", False), ("topic", None)),
                            models.Q(("post", None), ("topic__isnull", False)),
                            _connector="OR",
                        ),
                        name="imported_item_is_a_topic_or_a_post",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("not_needed", "Not needed"),
                            ("asked", "Asked"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=12,
                        verbose_name="answer",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permissions",
                        to="forum.libraryentry",
                        verbose_name="entry of the library",
                    ),
                ),
                (
                    "member_state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "permission of a state",
                "verbose_name_plural": "permissions of states",
                "ordering": ["entry", "member_state"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "member_state"), name="permission_asked_of_a_state_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", "asked"),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="permission_answered_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "member_state",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "mention",
                "verbose_name_plural": "mentions",
                "constraints": [
                    models.UniqueConstraint(fields=("post", "user"), name="mention_a_person_once"),
                    models.UniqueConstraint(fields=("post", "member_state"), name="mention_a_state_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("member_state__isnull", False), ("user", None)),
                            models.Q(("member_state", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="mention_of_a_person_or_a_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("body", models.TextField(verbose_name="text")),
                ("html", models.TextField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("machine", "Translated by a machine"),
                            ("person", "Translated by a person"),
                            ("checked", "Translated and checked"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("made_from", models.DateTimeField(verbose_name="wording of")),
                (
                    "translated_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="translated at"),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "translated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="translated by",
                    ),
                ),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["post", "language"],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "language"), name="translation_once_in_each_language"),
                    models.CheckConstraint(
                        condition=models.Q(("status", "machine"), ("translated_by__isnull", False), _connector="OR"),
                        name="translation_by_a_person_names_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by", None),
                            ("translated_by", None),
                            models.Q(("checked_by", models.F("translated_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="translation_is_checked_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("similar", "Similar experience"),
                            ("useful", "Useful to my office"),
                            ("contact", "Please contact me"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given at")),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="forum.post",
                        verbose_name="post",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "signal",
                "verbose_name_plural": "signals",
                "constraints": [models.UniqueConstraint(fields=("post", "user", "kind"), name="signal_once_of_a_kind")],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("previous_at", models.DateTimeField(blank=True, null=True, verbose_name="end of the visit before")),
                ("seen_at", models.DateTimeField(verbose_name="last seen at")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visit",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "visit",
                "verbose_name_plural": "visits",
            },
        ),
        migrations.CreateModel(
            name="TopicDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("typed", models.JSONField(default=dict, verbose_name="what is typed")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saved at")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topic_drafts",
                        to="forum.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topic_drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a discussion",
                "verbose_name_plural": "drafts of discussions",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "room"), name="topic_draft_once_for_each_room")
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "file_format",
                    models.CharField(
                        choices=[("docx", "Word document (DOCX)"), ("pdf", "PDF, to print")],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
                ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="ready at")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="failed at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires at")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="records/")),
                (
                    "discussion",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all of the topic’s.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.discussion",
                        verbose_name="discussion",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "record",
                "verbose_name_plural": "records",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.AddField(
            model_name="draft",
            name="capacity",
            field=models.CharField(
                choices=[("personal", "Personal capacity"), ("delegation", "Statement of the delegation")],
                default="personal",
                max_length=12,
                verbose_name="capacity",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[
                    ("comment", "Comment"),
                    ("idea", "Idea"),
                    ("practice", "Practice"),
                    ("tool", "Tool"),
                    ("methodology", "Methodology"),
                    ("experience", "Experience"),
                    ("question", "Question"),
                ],
                default="comment",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="reply_to",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="reply to post"),
        ),
        migrations.AddField(
            model_name="draft",
            name="corrects",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="corrects post"),
        ),
        migrations.AddField(
            model_name="draft",
            name="form",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="discussiongrant",
            name="sponsor",
            field=models.ForeignKey(
                blank=True,
                help_text="The member state that asked for the admission.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.memberstate",
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="level",
            field=models.CharField(
                choices=[
                    ("everything", "Every post"),
                    ("topics", "New topics and answers to me"),
                    ("quiet", "Only answers to me"),
                    ("muted", "Nothing"),
                ],
                default="everything",
                max_length=10,
                verbose_name="level",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrigenda",
                to="forum.post",
                verbose_name="corrects",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="state_changed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="state changed at"),
        ),
        migrations.AddField(
            model_name="post",
            name="state_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason for the state"),
        ),
        migrations.AddField(
            model_name="room",
            name="is_sensitive",
            field=models.BooleanField(
                default=False,
                help_text="What is said here leaves it in no mail and no feed: only that it is.",
                verbose_name="sensitive",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="translation_server",
            field=models.URLField(
                blank=True,
                help_text="A server of your own that speaks LibreTranslate’s protocol; empty: no machine translates here.",
                verbose_name="translation server",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="forum.post",
                verbose_name="answer",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
        ),
        migrations.AddField(
            model_name="topic",
            name="unanswered_told_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="told that it is unanswered"
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="submission_key",
            field=models.UUIDField(
                blank=True,
                editable=False,
                help_text="Made with the form, so that a form sent twice opens once.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("kind", "question")),
                fields=["opens_at"],
                name="topic_unanswered",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The participant whose topic or question it is.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opened_topics",
                to=settings.AUTH_USER_MODEL,
                verbose_name="opened by",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective",
            field=models.TextField(
                blank=True, help_text="What the discussion should have produced at its end.", verbose_name="objective"
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_ar",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_en",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_es",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_fr",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_ru",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="objective_zh_hans",
            field=models.TextField(
                blank=True,
                help_text="What the discussion should have produced at its end.",
                null=True,
                verbose_name="objective",
            ),
        ),
        migrations.AddIndex(
            model_name="discussion",
            index=models.Index(fields=["-last_activity_at", "-id"], name="discussion_by_any_activity"),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(fields=("opened_by", "submission_key"), name="topic_once_for_each_form"),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered_at", None), ("kind", "question"), _connector="OR"),
                name="topic_answered_is_a_question",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="imported_author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to="forum.importedauthor",
                verbose_name="imported author",
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["-posted_at", "-id"], name="post_by_time"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("author__isnull", False), ("imported_author__isnull", False), _connector="OR"),
                name="post_has_an_author",
            ),
        ),
    ]
