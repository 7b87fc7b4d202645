"""What the mail to moderators about the weekly plan says."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.weeks import monday_of
from moderation.models import WeeklyTopic
from moderation.policies import weekly as policies
from moderation.queries.weekly import lack_of


def week_lacking(notice: Notice) -> Letter | None:
    """Tell what keeps a coming week from opening by itself, unless that has been seen to. Source: MOD-11."""
    lack = lack_of(monday_of(notice.created_at, weeks=1))
    if lack is None or not policies.may_prepare_topics(notice.reader):
        return None
    day = date_format(timezone.localdate(lack.monday, timezone.get_default_timezone()))
    if not lack.topics:
        paragraphs = [_("No topic is prepared for the week from %(day)s.") % {"day": day}]
    else:
        paragraphs = [_what_is_missing(plan, missing) for plan, missing in lack.topics]
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{reverse('moderation:weekly_topic_list')}",
        "link_label": _("Go to the weekly plan"),
    }
    subject = _("The week from %(day)s is not ready") % {"day": day}
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def _what_is_missing(plan: WeeklyTopic, missing: Sequence[str]) -> str:
    title = {"title": plan.topic.title or _("Topic without a title")}
    if not missing:
        return _("“%(title)s” is complete, but does not open by itself: schedule it, or open it by hand.") % title
    names = pgettext("in a list", ", ").join(str(dict(settings.LANGUAGES)[code]) for code in missing)
    if plan.scheduled:
        return _("“%(title)s” opens, but lacks its text in: %(languages)s.") % {**title, "languages": names}
    return _("“%(title)s” lacks its text in: %(languages)s.") % {**title, "languages": names}
