"""Which fields are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from forum.models import Activity, Category, PageCategory, Room, Step, Topic
from forum.models.activities import ACTIVITY_TEXTS


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name",)


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(PageCategory)
class PageCategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Step)
class StepTranslation(TranslationOptions):
    fields = ("name",)


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("title", "objective", "guiding_questions", "synthesis")


@register(Activity)
class ActivityTranslation(TranslationOptions):
    fields = ("title", *ACTIVITY_TEXTS)
