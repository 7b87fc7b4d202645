"""How a webinar is made known: the plan, the ready texts, whom it reached, and whom earlier ones may tell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.languages import language_name
from accounts.models import User
from webinars.enums import Channel, DeliveryState, RegistrationState
from webinars.models import Campaign, OptOut, PromotionTask, Registration, Webinar
from webinars.policies.webinars import may_organize

GENEVA = ZoneInfo("Europe/Zurich")


@dataclass(frozen=True)
class ReadyText:
    """A text to copy.

    Args:
        language: In which it is written.
        name: Of the language, in itself.
        text: With the webinar's time and address.
    """

    language: str
    name: str
    text: str


@dataclass(frozen=True)
class PromotionPage:
    """How one webinar is made known.

    Args:
        tasks: Who does what.
        texts: To copy, one in each language in which the webinar is described.
        reach: How many people each channel reached, as far as that is known.
        campaigns: Mails to earlier participants, with how many were sent and how many waiting or dropped.
    """

    tasks: Sequence[PromotionTask]
    texts: Sequence[ReadyText]
    reach: Sequence[tuple[str, int]]
    campaigns: Sequence[Campaign]

    @property
    def reached(self) -> int:
        """All of them together; who was reached twice counts twice."""
        return sum(number for _channel, number in self.reach)


def promotion_page(webinar: Webinar) -> PromotionPage:
    """Return the plan of a webinar with its ready texts and figures. Source: WEB-21, WEB-22, WEB-31."""
    tasks = webinar.promotion_tasks.select_related("member_state")
    sent = Count("mails", filter=Q(mails__state=DeliveryState.SENT))
    waits = Count("mails", filter=Q(mails__state=DeliveryState.SCHEDULED))
    return PromotionPage(
        tasks=list(tasks),
        texts=ready_texts(webinar),
        reach=[(str(Channel(channel).label), number) for channel, number in reach_of(webinar).items()],
        campaigns=list(webinar.campaigns.annotate(sent=sent, waits=waits)),
    )


def reach_of(webinar: Webinar) -> dict[str, int]:
    """Return how many people each channel reached, the mails to earlier participants among them. Source: WEB-31."""
    sums = webinar.promotion_tasks.exclude(reach=None).values("channel").annotate(sum=Sum("reach")).order_by("channel")
    reach = {row["channel"]: row["sum"] for row in sums}
    mails = webinar.campaigns.aggregate(sent=Count("mails", filter=Q(mails__state=DeliveryState.SENT)))["sent"]
    if mails:
        reach[Channel.MAIL] = reach.get(Channel.MAIL, 0) + mails
    return reach


def ready_texts(webinar: Webinar) -> list[ReadyText]:
    """Return what can be copied, in each language with a text of its own. Source: WEB-22, CDIP/30/8 paras 18-19."""
    texts = []
    for code in settings.MODELTRANSLATION_LANGUAGES:
        column = code.replace("-", "_")
        title = getattr(webinar, f"title_{column}")
        said = getattr(webinar, f"promotion_{column}") or getattr(webinar, f"aims_{column}")
        if not (title and said):
            continue
        with translation.override(code):
            address = f"{settings.PUBLIC_URL}{webinar.get_absolute_url()}?language={code}"
            lines = [title, said, in_geneva_and_utc(webinar), address]
        texts.append(ReadyText(code, language_name(code, code), "\n\n".join(filter(None, lines))))
    return texts


def in_geneva_and_utc(webinar: Webinar) -> str:
    """Return when a webinar begins, by Geneva's clocks and in UTC; nothing while that is not set. Source: WEB-22."""
    if webinar.starts_at is None:
        return ""
    local, universal = timezone.localtime(webinar.starts_at, GENEVA), timezone.localtime(webinar.starts_at, UTC)
    return _("%(local)s in Geneva (%(universal)s UTC)") % {
        "local": date_format(local, "DATETIME_FORMAT"),
        "universal": date_format(universal, "TIME_FORMAT"),
    }


def tasks_for(viewer: User) -> QuerySet[PromotionTask]:
    """Return what member states are asked to do: one's own, and all for the Secretariat; who ``may_promote`` sees it.

    Source: WEB-21.
    """
    tasks = PromotionTask.objects.exclude(member_state=None).select_related("webinar__cycle", "member_state")
    tasks = tasks.order_by("done_on", "due_on", "pk")
    return tasks if may_organize(viewer) else tasks.filter(member_state=viewer.member_state)


def willing(webinar: Webinar, earlier: Collection[Webinar], languages: Collection[str]) -> list[Registration]:
    """Return the earlier registrations whose people may be told of a webinar, one for each address, the latest.

    They agreed to hear of later ones and have not said stop, what we know of them is still kept, they had a place,
    and are neither registered for this one nor told of it already.

    Args:
        webinar: The one they would be told of.
        earlier: Whose participants.
        languages: Those who follow webinars in one of them; none for all.

    Source: WEB-23, CDIP/30/8 para 19.
    """
    rows = Registration.objects.filter(
        webinar__in=earlier, state=RegistrationState.CONFIRMED, hears_of_later=True, keep_until__gte=today()
    )
    if languages:
        rows = rows.filter(languages__overlap=list(languages))
    registered = webinar.registrations.exclude(state=RegistrationState.CANCELLED)
    told = Campaign.objects.filter(webinar=webinar).exclude(mails=None)
    rows = (
        rows.exclude(email__in=OptOut.objects.values("email"))
        .exclude(email__in=registered.values("email"))
        .exclude(email__in=told.values("mails__email"))
    )
    return list({row.email: row for row in rows.order_by("registered_at")}.values())
