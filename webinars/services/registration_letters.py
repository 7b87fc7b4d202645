"""What those who register are written: to confirm, their place, changes, reminders; each with the calendar entry."""

from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars import calendars
from webinars.enums import MaterialState, RegistrationState, ReminderMoment, WebinarState
from webinars.models import Registration, Reminder
from webinars.services.registrations import personal_address

OFF = (WebinarState.CANCELLED, WebinarState.POSTPONED)
SOON_MINUTES = 120  # before the start, from which a reminder says so


def _registration(pk: int) -> Registration | None:
    return Registration.objects.select_related("webinar").filter(pk=pk).exclude(full_name="").first()


def _calendar(registration: Registration) -> tuple[tuple[str, bytes, str], ...]:
    """Return one person's calendar entry as a file; a webinar without a time has none."""
    webinar = registration.webinar
    if webinar.starts_at is None:
        return ()
    event = calendars.event_of(webinar, address=personal_address(registration), registration=registration)
    _name, organizer = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event.add("organizer", f"mailto:{organizer}")
    event.add("attendee", f"mailto:{registration.email}")
    method = "CANCEL" if event["status"] == "CANCELLED" else "REQUEST"
    content = calendars.calendar_of([(webinar, event)], name=webinar.title, method=method)
    return (("webinar.ics", content, f"text/calendar; method={method}"),)


def _write(
    notice: Notice,
    registration: Registration,
    subject: str,
    sentences: list[str],
    *,
    action: str,
    attachments: tuple[tuple[str, bytes, str], ...] = (),
) -> Letter:
    """Write one of these letters: what there is to say, when the webinar is, and a link to one's own page.

    Args:
        notice: What is told to whom.
        registration: Whose it is.
        subject: With a place for the webinar's title.
        sentences: A paragraph each.
        action: What the link says.
        attachments: Files.
    """
    webinar = registration.webinar
    context: dict[str, object] = {
        "registration": registration,
        "webinar": webinar,
        "sentences": sentences,
        "action": action,
        "address": personal_address(registration),
        "when": when_in_words(registration),
        "is_off": webinar.state in OFF,
    }
    with timezone.override(ZoneInfo(registration.time_zone)):
        return write_letter(
            notice,
            "webinars/emails/registration",
            subject % {"title": webinar.title},
            context,
            list_name="webinars",
            attachments=attachments,
        )


def when_in_words(registration: Registration) -> str:
    """Return a webinar's time by a person's clock and by Geneva's, both named."""
    start = registration.webinar.starts_at
    if start is None:
        return ""
    named = []
    for zone in dict.fromkeys([registration.time_zone, "Europe/Zurich"]):
        local = timezone.localtime(start, ZoneInfo(zone))
        place = _("Geneva") if zone == "Europe/Zurich" else zone.rpartition("/")[2].replace("_", " ")
        named.append(_("%(moment)s (%(place)s)") % {"moment": date_format(local, "DATETIME_FORMAT"), "place": place})
    return pgettext("between two times of one event", " = ").join(named)


def write_asked(notice: Notice) -> Letter | None:
    """Ask whoever registered to confirm it. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state != RegistrationState.PENDING:
        return None
    return _write(
        notice,
        registration,
        _("Please confirm your registration: %(title)s"),
        [
            _("Somebody, we think you, has registered this address for the webinar."),
            _("Confirm it on the page below. If it was not you, do nothing: it is forgotten in two days."),
        ],
        action=_("Confirm my registration"),
    )


def write_again(notice: Notice) -> Letter | None:
    """Tell whoever registers again that they are registered, with their link. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state == RegistrationState.CANCELLED:
        return None
    return _write(
        notice,
        registration,
        _("You are registered already: %(title)s"),
        [_("This address is registered for the webinar already. The page below shows where your registration stands.")],
        action=_("My registration"),
    )


def write_confirmed(notice: Notice) -> Letter | None:
    """Give the personal link and the calendar entry. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state != RegistrationState.CONFIRMED:
        return None
    return _write(
        notice,
        registration,
        _("Your place: %(title)s"),
        [
            _("You have a place at the webinar. The entry for your calendar is attached."),
            _("Your own page has the button to join, from shortly before the start. Keep its address to yourself."),
        ],
        action=_("My registration"),
        attachments=_calendar(registration),
    )


def write_waiting(notice: Notice) -> Letter | None:
    """Say that there is no place yet. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state != RegistrationState.WAITING:
        return None
    return _write(
        notice,
        registration,
        _("You are on the waiting list: %(title)s"),
        [_("All places are taken. When one becomes free for you, we write at once.")],
        action=_("My registration"),
    )


def write_offered(notice: Notice) -> Letter | None:
    """Offer a place that has become free, until a moment. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state != RegistrationState.OFFERED or registration.offered_until is None:
        return None
    until = timezone.localtime(registration.offered_until, ZoneInfo(registration.time_zone))
    moment = {"moment": date_format(until, "DATETIME_FORMAT"), "zone": registration.time_zone.replace("_", " ")}
    return _write(
        notice,
        registration,
        _("A place is free for you: %(title)s"),
        [_("A place has become free. It is yours if you take it before %(moment)s (%(zone)s).") % moment],
        action=_("Take the place"),
    )


def write_cancelled(notice: Notice) -> Letter | None:
    """Confirm a cancellation, and take the entry out of the calendar. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None:
        return None
    return _write(
        notice,
        registration,
        _("Your registration is cancelled: %(title)s"),
        [_("Your registration is cancelled, and the entry leaves your calendar. You can register again at any time.")],
        action=_("My registration"),
        attachments=_calendar(registration),
    )


def write_changed(notice: Notice) -> Letter | None:
    """Say what a webinar's new time is, or that it is off; the calendar entry follows. Source: workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state == RegistrationState.CANCELLED:
        return None
    webinar = registration.webinar
    if webinar.state == WebinarState.CANCELLED:
        subject, sentences = _("Cancelled: %(title)s"), [_("The webinar will not be held."), webinar.state_reason]
    elif webinar.state == WebinarState.POSTPONED:
        subject = _("Postponed: %(title)s")
        sentences = [
            _("The webinar is postponed. You keep your place, and hear of the new time."),
            webinar.state_reason,
        ]
    else:
        subject = _("New time: %(title)s")
        sentences = [_("The webinar has a new time. You keep your place, and the entry in your calendar moves.")]
    return _write(
        notice,
        registration,
        subject,
        [sentence for sentence in sentences if sentence],
        action=_("My registration"),
        attachments=_calendar(registration),
    )


def write_moved(notice: Notice) -> Letter | None:
    """Say that a webinar is held in another place, which one's own page leads to. Source: WEB-19, workflow 2.7."""
    registration = _registration(notice.object_id)
    if registration is None or registration.state != RegistrationState.CONFIRMED or registration.webinar.state in OFF:
        return None
    return _write(
        notice,
        registration,
        _("New way in: %(title)s"),
        [
            _("The webinar is held in another meeting than planned. Its time stays, and you keep your place."),
            _("The button on your own page leads there, from shortly before the start."),
        ],
        action=_("My registration"),
        attachments=_calendar(registration),
    )


def write_reminded(notice: Notice) -> Letter | None:
    """Remind of the start, or thank afterwards with what there is to read. Source: workflow 2.7, WEB-24."""
    reminder = Reminder.objects.select_related("rule").filter(pk=notice.object_id).first()
    registration = _registration(reminder.registration_id) if reminder else None
    if reminder is None or registration is None or registration.state != RegistrationState.CONFIRMED:
        return None
    if registration.webinar.state in OFF:
        return None
    if reminder.rule.moment == ReminderMoment.END:
        sentences = [
            _("Thank you for your interest. What there is to watch and to read is on the page of the webinar.")
        ]
        if not registration.webinar.materials.filter(state=MaterialState.PUBLISHED).exists():
            sentences.append(_("The recording and the slides are not there yet; they follow."))
        return _write(
            notice, registration, _("Thank you: %(title)s"), sentences, action=_("Recording, slides, your feedback")
        )
    if reminder.rule.minutes <= SOON_MINUTES:
        subject, sentence = _("Soon: %(title)s"), _("The webinar begins soon. The button to join is on your own page.")
    else:
        subject, sentence = _("Reminder: %(title)s"), _("You have a place at this webinar.")
    return _write(notice, registration, subject, [sentence], action=_("My registration"))


def register() -> None:
    """Have the outbox write these letters: whoever registered asked for them, so no wish about mail keeps them back."""
    for kind, composer in {
        "asked": write_asked,
        "again": write_again,
        "confirmed": write_confirmed,
        "waiting": write_waiting,
        "offered": write_offered,
        "cancelled": write_cancelled,
        "changed": write_changed,
        "moved": write_moved,
        "reminded": write_reminded,
    }.items():
        outbox.register(f"registration.{kind}", composer, is_service=True)
