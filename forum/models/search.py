"""What search looks through: one row for each text in each language, written by triggers of the database."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import MemberState, User
from forum.enums import SearchSource
from forum.models.activities import Activity
from forum.models.attachments import Attachment
from forum.models.discussions import Discussion
from forum.models.imports import ImportedAuthor
from forum.models.library import LibraryEntry
from forum.models.posts import Post
from forum.models.topics import Topic
from forum.models.translations import PostTranslation

LANGUAGES_WITH_AN_INDEX = ("en", "fr", "es", "ar", "ru", "zh")


def _row_of(model: type[models.Model]) -> models.ForeignKey:
    """Refer to where a text comes from; triggers keep it true, so nothing is checked twice."""
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+", db_index=False
    )


class SearchDocumentQuerySet(models.QuerySet["SearchDocument"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the texts of what ``viewer`` may see. Source: ACC-03, ACC-05, MOD-05, CDIP/22/3 paras 7-8.

        Only what everybody in its discussion, or in the library, may read has a row.
        """
        return self.filter(self._said_to(viewer) | self._kept_for(viewer))

    def said_to(self, viewer: User) -> Self:
        """Keep of ``visible_to`` what was said in discussions: posts, their translations and documents."""
        return self.filter(self._said_to(viewer))

    def kept_for(self, viewer: User) -> Self:
        """Keep of ``visible_to`` what stands above discussions: syntheses, topics, the library and its catalogue."""
        return self.filter(self._kept_for(viewer))

    @staticmethod
    def _said_to(viewer: User) -> Q:
        discussions = Discussion.objects.visible_to(viewer)
        if viewer.role == Role.EXTERNAL:
            return Q(post__in=Post.objects.visible_to(viewer).values("pk"))
        if discussions.query.where:
            return Q(discussion__in=discussions.values("pk"))
        return Q(discussion__isnull=False)  # all are visible: to ask for the discussion of each row would cost

    @staticmethod
    def _kept_for(viewer: User) -> Q:
        topics = Topic.objects.visible_to(viewer).values("pk")
        entries = LibraryEntry.objects.visible_to(viewer).values("pk")
        activities = Activity.objects.visible_to(viewer).values("pk")
        return Q(discussion=None) & (Q(topic__in=topics) | Q(entry__in=entries) | Q(activity__in=activities))


class SearchDocument(models.Model):
    """A text that can be found: the words of ``vector`` stand at their places in it. Source: design section 7.

    No code writes here: the triggers of migrations 0007 and 0010 follow every change of posts, topics, attachments,
    translations, entries and activities, whoever makes it. ``topic`` is set for topics and syntheses alone.
    """

    source = models.CharField(_("source"), max_length=12, choices=SearchSource)
    language = models.CharField(_("language"), max_length=10)
    topic = _row_of(Topic)
    discussion = _row_of(Discussion)
    post = _row_of(Post)
    translation = _row_of(PostTranslation)
    attachment = _row_of(Attachment)
    entry = _row_of(LibraryEntry)
    activity = _row_of(Activity)
    author = _row_of(User)
    imported_author = _row_of(ImportedAuthor)
    member_state = _row_of(MemberState)
    kind = models.CharField(_("kind"), max_length=12)
    dated_at = models.DateTimeField(_("date"))
    vector = SearchVectorField()

    objects = SearchDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("text that search finds")
        verbose_name_plural = _("texts that search finds")
        indexes = [
            *(
                GinIndex(fields=["vector"], name=f"search_words_{language}", condition=Q(language=language))
                for language in LANGUAGES_WITH_AN_INDEX
            ),
            GinIndex(fields=["vector"], name="search_words_other", condition=~Q(language__in=LANGUAGES_WITH_AN_INDEX)),
            models.Index(fields=["post"], name="search_by_post", condition=Q(post__isnull=False)),
            models.Index(fields=["topic"], name="search_by_topic", condition=Q(topic__isnull=False)),
            models.Index(fields=["entry"], name="search_by_entry", condition=Q(entry__isnull=False)),
            models.Index(fields=["activity"], name="search_by_activity", condition=Q(activity__isnull=False)),
            models.Index(fields=["discussion"], name="search_by_discussion", condition=Q(discussion__isnull=False)),
            models.Index(fields=["member_state"], name="search_by_state", condition=Q(member_state__isnull=False)),
            models.Index(fields=["author"], name="search_by_author", condition=Q(author__isnull=False)),
            models.Index(
                fields=["imported_author"], name="search_by_imported", condition=Q(imported_author__isnull=False)
            ),
            models.Index(fields=["dated_at"], name="search_by_date"),
            models.Index(fields=["source"], name="search_outside_discussions", condition=Q(discussion=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.pk}"
