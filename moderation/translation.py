"""Which fields are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from moderation.models import AdmissionCriterion, ChecklistItem, Synthesis, TopicTemplate


@register(TopicTemplate)
class TopicTemplateTranslation(TranslationOptions):
    fields = ("title", "objective", "guiding_questions")


@register(ChecklistItem)
class ChecklistItemTranslation(TranslationOptions):
    fields = ("text",)


@register(AdmissionCriterion)
class AdmissionCriterionTranslation(TranslationOptions):
    fields = ("text",)


@register(Synthesis)
class SynthesisTranslation(TranslationOptions):
    fields = ("text",)
