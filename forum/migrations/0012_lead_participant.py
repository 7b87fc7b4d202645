"""The delegations that regional groups nominate to lead for them in a topic."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_stakeholder_contacts"),
        ("forum", "0011_post_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeadParticipant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nominated_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="nominated at")),
                (
                    "by_secretariat",
                    models.BooleanField(
                        default=False,
                        help_text="Because the group had no coordinator.",
                        verbose_name="nominated by the Secretariat",
                    ),
                ),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back at")),
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
                    "member_state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
                (
                    "nominated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="nominated by",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leads",
                        to="forum.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead participant",
                "verbose_name_plural": "lead participants",
                "ordering": ["-nominated_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at", None)),
                        fields=("topic", "group"),
                        name="lead_participant_once_for_each_group",
                    )
                ],
            },
        ),
    ]
