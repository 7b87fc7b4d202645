from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebinarsConfig(AppConfig):
    name = "webinars"
    verbose_name = _("Webinars")

    def ready(self) -> None:
        from accounts import waiting
        from accounts.services import reference
        from forum import related
        from webinars import receivers
        from webinars.queries.arc import webinars_on
        from webinars.queries.cycles import waiting_drafts
        from webinars.queries.questions import waiting_questions
        from webinars.services import cycle_letters, proposal_letters, release_letters
        from webinars.services.reference import load_programme

        reference.register(load_programme)
        release_letters.register()
        cycle_letters.register()
        proposal_letters.register()
        waiting.register("webinar_draft", waiting_drafts)
        waiting.register("webinar_question", waiting_questions)
        related.register(webinars_on)
        receivers.connect()
