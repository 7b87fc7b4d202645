"""Which fields are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from accounts.models import Circular, MemberState, Protocol, RegionalGroup


@register(RegionalGroup)
class RegionalGroupTranslation(TranslationOptions):
    fields = ("name",)


@register(MemberState)
class MemberStateTranslation(TranslationOptions):
    fields = ("name",)


@register(Protocol)
class ProtocolTranslation(TranslationOptions):
    fields = ("title", "text", "changes")


@register(Circular)
class CircularTranslation(TranslationOptions):
    fields = ("subject", "text")
