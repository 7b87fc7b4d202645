"""The catalogue of activities, the lists of states, and the triggers by which search finds what is published."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

LANGUAGES = {"en": "en", "fr": "fr", "es": "es", "ar": "ar", "ru": "ru", "zh": "zh_hans"}
TEXTS = (  # in the order of forum/models/activities.py
    *("description", "programme", "procedure", "time_limits", "requesters", "contact_point"),
    *("partners", "readiness", "monitoring", "steering"),
)


def _words_in(language, suffix):
    texts = ", ".join(f"NEW.{name}_{suffix}" for name in TEXTS)
    return f"('{language}', NEW.title_{suffix}, concat_ws(E'\\n\\n', {texts}))"


WORDS = ",\n            ".join(_words_in(language, suffix) for language, suffix in LANGUAGES.items())
TRIGGER = f"""
CREATE FUNCTION forum_search_activity_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE activity_id = OLD.id;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.published_at IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO forum_searchdocument (source, language, activity_id, kind, dated_at, vector)
    SELECT 'activity', words.language, NEW.id, '', NEW.published_at,
        forum_search_vector(words.language, words.title, words.body)
    FROM (
        VALUES
            {WORDS}
    ) AS words(language, title, body)
    WHERE words.title <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER forum_activity_searched AFTER INSERT OR UPDATE OR DELETE ON forum_activity
    FOR EACH ROW EXECUTE FUNCTION forum_search_activity_changed();
"""  # noqa: S608 - of the names above alone
BACKWARD = """
DELETE FROM forum_searchdocument WHERE activity_id IS NOT NULL;
DROP TRIGGER forum_activity_searched ON forum_activity;
DROP FUNCTION forum_search_activity_changed;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_muted_and_held"), ("forum", "0009_room_categories_and_days")]

    operations = [
        migrations.AlterField(
            model_name="searchdocument",
            name="source",
            field=models.CharField(
                choices=[
                    ("synthesis", "Synthesis"),
                    ("topic", "Topic"),
                    ("post", "Post"),
                    ("translation", "Translation of a post"),
                    ("attachment", "Document"),
                    ("entry", "Entry of the library"),
                    ("activity", "Activity of the catalogue"),
                ],
                max_length=12,
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("title_fr", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("title_es", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("title_ar", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("title_ru", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("title_zh_hans", models.CharField(blank=True, max_length=160, null=True, verbose_name="title")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("description_en", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_fr", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_es", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_ar", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_ru", models.TextField(blank=True, null=True, verbose_name="description")),
                ("description_zh_hans", models.TextField(blank=True, null=True, verbose_name="description")),
                ("programme", models.CharField(blank=True, max_length=160, verbose_name="WIPO programme")),
                (
                    "programme_en",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "programme_fr",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "programme_es",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "programme_ar",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "programme_ru",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "programme_zh_hans",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="WIPO programme"),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("national", "National"),
                                ("regional", "Regional"),
                                ("sub_regional", "Sub-regional"),
                                ("city", "City"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                        verbose_name="levels",
                    ),
                ),
                (
                    "modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("bilateral", "WIPO and the state"),
                                ("south_south", "South-South cooperation"),
                                ("triangular", "Triangular cooperation"),
                                ("trust", "Funds in trust"),
                                ("shared", "Shared costs"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                        verbose_name="modes of cooperation",
                    ),
                ),
                ("procedure", models.TextField(blank=True, verbose_name="procedure to request it")),
                ("procedure_en", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("procedure_fr", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("procedure_es", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("procedure_ar", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("procedure_ru", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("procedure_zh_hans", models.TextField(blank=True, null=True, verbose_name="procedure to request it")),
                ("time_limits", models.TextField(blank=True, verbose_name="time limits for requests")),
                ("time_limits_en", models.TextField(blank=True, null=True, verbose_name="time limits for requests")),
                ("time_limits_fr", models.TextField(blank=True, null=True, verbose_name="time limits for requests")),
                ("time_limits_es", models.TextField(blank=True, null=True, verbose_name="time limits for requests")),
                ("time_limits_ar", models.TextField(blank=True, null=True, verbose_name="time limits for requests")),
                ("time_limits_ru", models.TextField(blank=True, null=True, verbose_name="time limits for requests")),
                (
                    "time_limits_zh_hans",
                    models.TextField(blank=True, null=True, verbose_name="time limits for requests"),
                ),
                ("requesters", models.TextField(blank=True, verbose_name="who may ask, and through which channel")),
                (
                    "requesters_en",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "requesters_fr",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "requesters_es",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "requesters_ar",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "requesters_ru",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "requesters_zh_hans",
                    models.TextField(blank=True, null=True, verbose_name="who may ask, and through which channel"),
                ),
                (
                    "contact_point",
                    models.CharField(blank=True, max_length=160, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_en",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_fr",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_es",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_ar",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_ru",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_point_zh_hans",
                    models.CharField(blank=True, max_length=160, null=True, verbose_name="contact point inside WIPO"),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail address of the contact point"),
                ),
                ("partners", models.TextField(blank=True, verbose_name="other providers, donors and experts")),
                (
                    "partners_en",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                (
                    "partners_fr",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                (
                    "partners_es",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                (
                    "partners_ar",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                (
                    "partners_ru",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                (
                    "partners_zh_hans",
                    models.TextField(blank=True, null=True, verbose_name="other providers, donors and experts"),
                ),
                ("readiness", models.TextField(blank=True, verbose_name="readiness of the state")),
                ("readiness_en", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("readiness_fr", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("readiness_es", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("readiness_ar", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("readiness_ru", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("readiness_zh_hans", models.TextField(blank=True, null=True, verbose_name="readiness of the state")),
                ("monitoring", models.TextField(blank=True, verbose_name="monitoring and evaluation")),
                ("monitoring_en", models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation")),
                ("monitoring_fr", models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation")),
                ("monitoring_es", models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation")),
                ("monitoring_ar", models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation")),
                ("monitoring_ru", models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation")),
                (
                    "monitoring_zh_hans",
                    models.TextField(blank=True, null=True, verbose_name="monitoring and evaluation"),
                ),
                (
                    "steering",
                    models.TextField(blank=True, verbose_name="how member states steer planning and priorities"),
                ),
                (
                    "steering_en",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "steering_fr",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "steering_es",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "steering_ar",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "steering_ru",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "steering_zh_hans",
                    models.TextField(
                        blank=True, null=True, verbose_name="how member states steer planning and priorities"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Counts the changes, so that nobody undoes what they have not read.",
                    ),
                ),
                (
                    "submission_key",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="Made with the form, so that a form sent twice is kept once.",
                        unique=True,
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published at"),
                ),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last reviewed at"),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forum.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="For whose states it is meant; none chosen: for all.",
                        related_name="activities",
                        to="accounts.regionalgroup",
                        verbose_name="regional groups",
                    ),
                ),
            ],
            options={
                "verbose_name": "activity of the catalogue",
                "verbose_name_plural": "activities of the catalogue",
                "ordering": ["category__position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="activity",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="forum.activity",
            ),
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=models.Index(
                condition=models.Q(("activity__isnull", False)), fields=["activity"], name="search_by_activity"
            ),
        ),
        migrations.CreateModel(
            name="ActivityInterest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interests",
                        to="forum.activity",
                        verbose_name="activity of the catalogue",
                    ),
                ),
                (
                    "member_state",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.memberstate",
                        verbose_name="member state",
                    ),
                ),
                (
                    "marked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="put on the list at"),
                ),
            ],
            options={
                "verbose_name": "interest of a state in an activity",
                "verbose_name_plural": "interests of states in activities",
                "ordering": ["marked_at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_at", None), ("reviewed_at__isnull", False), _connector="OR"),
                name="activity_published_was_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("levels", []), _negated=True), models.Q(("modes", []), _negated=True)),
                name="activity_has_a_level_and_a_mode",
            ),
        ),
        migrations.AddConstraint(
            model_name="activityinterest",
            constraint=models.UniqueConstraint(
                fields=("member_state", "activity"), name="interest_once_for_each_state"
            ),
        ),
        migrations.RunSQL(TRIGGER, BACKWARD),
    ]
