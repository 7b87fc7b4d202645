"""The languages of the pages and of mail, and those that only documents have so far.

Each but English has a catalogue in ``locale/``; of the second kind it holds what documents say.
"""

from django.utils.translation import gettext_lazy as _

LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
DOCUMENT_LANGUAGES = ["ru", "zh-hans"]
