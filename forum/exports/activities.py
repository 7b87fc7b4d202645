"""The activities that a state thinks of for its national plan, as a workbook or a document."""

from collections.abc import Sequence
from operator import attrgetter

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import MemberState
from forum.exports.lists import Column, Sheet, day
from forum.models import Activity
from forum.queries.activities import HEADINGS


def sheet(activities: Sequence[Activity], state: MemberState) -> Sheet:
    """Return the list of a state as it is written to a file.

    Args:
        activities: With the names of their groups.
        state: Whose list it is.

    Source: LIB-07, CDIP/11/4 rec 21 d)-e).
    """
    count = ngettext("%(count)d activity", "%(count)d activities", len(activities)) % {"count": len(activities)}
    values = {"state": state, "day": date_format(timezone.localtime(), "DATE_FORMAT"), "count": count}
    return Sheet(
        title=_("Activities for the national plan"),
        about=[_("%(state)s, %(day)s: %(count)s") % values, _("From the catalogue of the Technical Assistance Forum.")],
        columns=_columns(),
        rows=activities,
        heading=str,
        headed=1,
        language=lambda activity: str(activity.language),
    )


def _columns() -> list[Column]:
    comma = pgettext("in a list", ", ")
    everybody = _("All member states")
    texts = [Column(str(label), 40, attrgetter(name), is_text=True) for name, label in HEADINGS.items()]
    return [
        *texts[:1],
        Column(pgettext("activity", "Category"), 28, lambda a: str(a.category)),
        Column(_("For whom"), 24, lambda a: comma.join(a.group_names) or everybody),
        Column(pgettext("activity", "Level"), 20, lambda a: comma.join(a.level_names)),
        Column(_("Mode of cooperation"), 24, lambda a: comma.join(a.mode_names)),
        *texts[1:],
        Column(_("E-mail address of the contact point"), 24, lambda a: a.contact_email),
        Column(_("Last reviewed on"), 12, lambda a: day(a.reviewed_at)),
        Column(_("Permanent address"), 36, lambda a: f"{settings.PUBLIC_URL}{a.get_absolute_url()}"),
    ]
