"""What people are told by mail about entries of the library; never what an entry says."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, MemberState, Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.enums import Permission
from forum.models import LibraryEntry


def entry_told(notice: Notice) -> Letter | None:
    """Tell of what became of an entry, as the audit trail keeps it. Source: LIB-01, FOR-24, LIB-15.

    Nothing is sent to whom the entry is hidden from by now.
    """
    event = notice.about
    assert isinstance(event, AuditEntry)
    entries = LibraryEntry.objects.visible_to(notice.reader).select_related("post__discussion__room", "proposed_by")
    entry = entries.filter(pk=int(event.subject.rpartition(":")[2])).first()
    said = _said(event, entry, notice) if entry else None
    if entry is None or said is None:
        return None
    subject, *paragraphs = said
    if event.reason:
        paragraphs.append(_("The reason given: %(reason)s") % {"reason": event.reason})
    page = f"{settings.PUBLIC_URL}{entry.get_absolute_url()}"
    context: dict[str, object] = {"paragraphs": paragraphs, "link": page, "link_label": _("Read the entry")}
    return write_letter(notice, "accounts/emails/person_told", subject, context, list_name="library")


def _title(entry: LibraryEntry) -> str:
    """Return a title that may be mailed: what is confidential, or from a sensitive room, is not named."""
    if entry.discloses or (entry.post and entry.post.discussion.room.is_sensitive):
        return entry.symbol or _("an entry that is kept confidential")
    return entry.title


def _said(event: AuditEntry, entry: LibraryEntry, notice: Notice) -> tuple[str, ...] | None:
    """Return the subject and the paragraphs about an event; None where there is nothing to say any more."""
    title = _title(entry)
    match event.action.removeprefix("entry."):
        case "proposed" if notice.reader.is_moderator:
            proposed = _("An entry was proposed for the library of practices. It waits for you to decide.")
            return _("Proposed for the library: %(title)s") % {"title": title}, proposed
        case "proposed":
            proposed = _("A contribution of yours was proposed for the library of practices.")
            withdraw = _("You can correct the entry, or withdraw it, on its page.")
            return _("Proposed for the library: %(title)s") % {"title": title}, proposed, withdraw
        case "permission_asked":
            return _asked(entry, title, notice)
        case "published":
            published = _("It stands in the library of practices as %(symbol)s.") % {"symbol": entry.symbol}
            return _("Published in the library: %(title)s") % {"title": title}, published
        case "returned":
            returned = _("The moderator asks you to complete or correct the entry, and to propose it again.")
            return _("Returned to you: %(title)s") % {"title": title}, returned
        case "declined":
            declined = _("The moderator has declined to publish the entry in the library.")
            return _("Not taken into the library: %(title)s") % {"title": title}, declined
        case "withdrawn":
            return _("Withdrawn from the library: %(title)s") % {"title": title}, _("The entry is shown no longer.")
        case _:
            return _answered(event, title)


def _asked(entry: LibraryEntry, title: str, notice: Notice) -> tuple[str, ...] | None:
    asked = entry.permissions.filter(member_state=notice.reader.member_state_id, answer=Permission.ASKED)
    if not (notice.reader.is_focal_point and asked.exists()):
        return None
    why = _(
        "An entry proposed for the library of practices names your state. It is published only if your state agrees."
    )
    return (
        _("Your permission is asked: %(title)s") % {"title": title},
        why,
        _("As the focal point, please read it and give or refuse the permission on its page."),
    )


def _answered(event: AuditEntry, title: str) -> tuple[str, ...]:
    state = str(MemberState.objects.get(pk=event.facts["state"]))
    match event.action.removeprefix("entry.permission_"):
        case Permission.GRANTED:
            said = _("%(state)s gives its permission to publish the entry.") % {"state": state}
        case Permission.REFUSED:
            said = _("%(state)s does not give its permission, so the entry is not published.") % {"state": state}
        case _:
            said = _("%(state)s has taken back its permission, so the entry is shown no longer.") % {"state": state}
    return _("Permission of a state: %(title)s") % {"title": title}, said
