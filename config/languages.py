"""The languages of the pages and of mail. Each but English has a catalogue in ``locale/``."""

from django.utils.translation import gettext_lazy as _

LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
