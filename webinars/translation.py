"""Which fields are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from webinars.models import AnnualReport, Proposal, ProposalPart, Region, ScopeArea, Series, Webinar


@register(Region)
class RegionTranslation(TranslationOptions):
    fields = ("name",)


@register(ScopeArea)
class ScopeAreaTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Proposal)
class ProposalTranslation(TranslationOptions):
    fields = ("title", "aims", "audience", "subject")


@register(ProposalPart)
class ProposalPartTranslation(TranslationOptions):
    fields = ("title", "aims")


@register(Series)
class SeriesTranslation(TranslationOptions):
    fields = ("title", "theme")


@register(Webinar)
class WebinarTranslation(TranslationOptions):
    fields = ("title", "aims", "audience", "promotion")


@register(AnnualReport)
class AnnualReportTranslation(TranslationOptions):
    fields = ("narrative",)
