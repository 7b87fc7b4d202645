"""The library of practices: proposing, permission of states, deciding, reviewing, withdrawing."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import MailScope, Office, Role
from accounts.models import AuditEntry, Mandate, User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import EntryState, Permission, Plan
from forum.models import EntryPermission, LibraryEntry, Post
from forum.services import attachments

COLUMNS = (
    *("entry_type", "title", "summary", "language", "category", "step", "programme", "provider", "beneficiary"),
    *("delivery", "starts_on", "ends_on", "resources_allocated", "resources_spent", "expected_result"),
    *("achieved_result", "lessons", "address", "review", "is_legislative_advice", "plan"),
)
MANY = ("states", "groups")
OUTSIDE = (EntryState.DECLINED, EntryState.WITHDRAWN)
# What a state has read when it gives its permission; where an entry discloses something, other words need another one.
WORDS = {
    *("title", "summary", "programme", "provider", "expected_result", "achieved_result", "lessons", "address"),
    "documents",
}


def check_complete(values: Mapping[str, Any]) -> None:
    """Refuse to have an entry proposed that lacks something.

    Args:
        values: By name of the field, as ``EntryForm`` has them.

    Raises:
        ValidationError: By field, what is missing.

    Source: LIB-02 to LIB-04, FOR-24, LIB-15.
    """
    missing = {
        "entry_type": _("Choose whether it is a practice, a tool or a methodology."),
        "title": _("Give it a title."),
        "summary": _("Say in a few sentences what it is and whom it helped."),
        "category": _("Choose a category."),
        "is_legislative_advice": _("Answer this question: such advice is confidential unless the state agrees."),
        "plan": _("Answer this question: a plan is published once it is complete, if the state agrees."),
    }
    errors = {name: text for name, text in missing.items() if values.get(name) in {None, ""}}
    discloses = values.get("is_legislative_advice") or values.get("plan") in {Plan.COMPLETE, Plan.UNFINISHED}
    if discloses and not values.get("states"):
        errors["states"] = _("Name the state that it concerns: its permission is asked.")
    if errors:
        raise ValidationError(errors)


# --- Writing an entry, and proposing it -------------------------------------------------------------


def create_entry(
    *, actor: User, values: Mapping[str, Any], submission_key: uuid.UUID, post: int | None = None
) -> LibraryEntry:
    """Begin an entry of the library, which nobody else sees until it is proposed.

    Args:
        actor: Who writes it.
        values: By name of the field, as ``EntryForm`` has accepted them.
        submission_key: Made with the form: the same form sent again makes nothing new.
        post: The id of the contribution that it is made from, if any.

    Returns:
        The saved entry, or the one that there is already.

    Raises:
        Post.DoesNotExist: The contribution is hidden from ``actor``.
        PermissionDenied: ``actor`` may not propose it; the message says why.
        ValidationError: Somebody else prepares an entry from this contribution.

    Source: LIB-01, FOR-24, workflow 2.3.
    """
    try:
        return _create(actor, values, submission_key, post)
    except IntegrityError:
        same_form = LibraryEntry.objects.filter(proposed_by=actor, submission_key=submission_key)
        same_post = LibraryEntry.objects.visible_to(actor).filter(post__isnull=False, post=post)
        known = same_form.first() or same_post.first()
        if known is None:
            raise ValidationError(_("Somebody is preparing an entry from this contribution."), code="begun") from None
        return known


@transaction.atomic
def _create(actor: User, values: Mapping[str, Any], submission_key: uuid.UUID, post_id: int | None) -> LibraryEntry:
    post = Post.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=post_id) if post_id else None
    policies.may_begin_entry(actor, post).enforce()
    columns = {name: values[name] for name in COLUMNS}
    entry = LibraryEntry.objects.create(post=post, proposed_by=actor, submission_key=submission_key, **columns)
    _set_places(entry, values)
    audit.record(actor, "entry.begun", entry, post=post_id)
    return entry


@transaction.atomic
def change_entry(*, actor: User, entry: int, version: int, values: Mapping[str, Any]) -> LibraryEntry:
    """Change an entry; where it then needs a permission that it does not have, it leaves the library until it is given.

    Args:
        actor: Who changes it.
        entry: The id of the entry, locked.
        version: Which version was changed.
        values: By name of the field, as ``EntryForm`` has accepted them.

    Returns:
        The saved entry.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: It lacks something that it had, or was changed meanwhile.

    Source: LIB-01, LIB-09, FOR-24, LIB-15.
    """
    locked = _locked(actor, entry, version)
    policies.may_change_entry(actor, locked).enforce()
    if locked.state != EntryState.DRAFT:
        check_complete(values)
    changed = [name for name in COLUMNS if getattr(locked, name) != values[name]]
    changed += [name for name in MANY if {*getattr(locked, name).all()} != {*values[name]}]
    if changed:
        for name in COLUMNS:
            setattr(locked, name, values[name])
        _set_places(locked, values)
        _keep_change(actor, locked, changed)
    return locked


def _keep_change(actor: User, entry: LibraryEntry, changed: list[str]) -> None:
    """Save a new version, and ask the states that have not read it where their permission counts."""
    entry.version += 1
    entry.save()
    audit.record(actor, "entry.changed", entry, fields=changed, state=entry.state)
    if entry.state in {EntryState.PROPOSED, EntryState.PUBLISHED}:
        _ask_states(actor, entry, reworded=entry.discloses and bool(WORDS & {*changed}))


@transaction.atomic
def keep_documents(
    *, actor: User, entry: int, uploads: Iterable[UploadedFile] = (), discarded: Iterable[uuid.UUID] = ()
) -> list[str]:
    """Add documents to an entry, and take some of its own away; the good ones stay, whatever is wrong with others.

    Args:
        actor: Who changes the entry.
        entry: The id of the entry, locked.
        uploads: The files as they came.
        discarded: The keys of the documents to take away.

    Returns:
        Why some are not added.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: LIB-01, security.md FI-04 to FI-09.
    """
    locked = _locked(actor, entry)
    policies.may_change_entry(actor, locked).enforce()
    refusals: list[str] = []
    before = {*locked.attachments.values_list("key", flat=True)}
    attachments.discard(locked.attachments.filter(key__in=list(discarded)))
    for upload in uploads:
        try:
            attachments.attach_to_entry(actor=actor, entry=locked, upload=upload)
        except ValidationError as refusal:
            refusals += refusal.messages
    if {*locked.attachments.values_list("key", flat=True)} != before:
        _keep_change(actor, locked, ["documents"])
    return refusals


@transaction.atomic
def propose_entry(*, actor: User, entry: int) -> LibraryEntry:
    """Propose an entry for publication, again perhaps; states whose permission it needs are asked.

    Args:
        actor: Who proposes it.
        entry: The id of the entry, locked.

    Returns:
        The saved entry.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not propose it; the message says why.
        ValidationError: It lacks something.

    Source: LIB-01, FOR-24, LIB-15.
    """
    locked = _locked(actor, entry)
    policies.may_propose_entry(actor, locked).enforce()
    many = {name: list(getattr(locked, name).all()) for name in MANY}
    check_complete({name: getattr(locked, name) for name in COLUMNS} | many)
    is_new = locked.state != EntryState.PROPOSED
    if is_new:
        locked.state, locked.proposed_at, locked.reason = EntryState.PROPOSED, timezone.now(), ""
        locked.save(update_fields=["state", "proposed_at", "reason"])
    _ask_states(actor, locked, again=True)
    if is_new:
        proposed = audit.record(actor, "entry.proposed", locked)
        _tell(proposed, {*_moderators(), locked.contributor_id})
    return locked


def _locked(actor: User, entry: int, version: int | None = None) -> LibraryEntry:
    """Return an entry that ``actor`` may see, locked, in the version that they have read."""
    visible = LibraryEntry.objects.visible_to(actor).select_related("post__discussion__room")
    locked = visible.select_for_update(of=("self",)).get(pk=entry)
    if version is not None and locked.version != version:
        raise ValidationError(
            _("This entry was changed while you had it before you. Read it again, then decide."), code="changed"
        )
    return locked


def _set_places(entry: LibraryEntry, values: Mapping[str, Any]) -> None:
    entry.states.set(values["states"])
    entry.groups.set(values["groups"])


# --- Permission of states ---------------------------------------------------------------------------


def _concerned(entry: LibraryEntry) -> set[int]:
    """Return the states whose permission an entry needs: all that it names where it discloses, else only others'.

    Source: FOR-24, LIB-15.
    """
    named = {*entry.states.values_list("pk", flat=True)}
    return named if entry.discloses else named - {entry.proposed_by.member_state_id}


def _ask_states(actor: User, entry: LibraryEntry, *, reworded: bool = False, again: bool = False) -> None:
    """Ask the states whose permission is needed and not given; a focal point's own state is asked no more.

    Args:
        actor: Who proposed or changed the entry.
        entry: Locked.
        reworded: Whether those that have agreed are asked anew, because they have not read these words.
        again: Whether those that have refused are asked anew.
    """
    needed = _concerned(entry)
    entry.permissions.exclude(member_state__in=needed).delete()
    rows = {row.member_state_id: row for row in entry.permissions.select_for_update()}
    speaks_for = actor.member_state_id if actor.is_focal_point else None
    stale = ({Permission.GRANTED} if reworded else set()) | (
        {Permission.REFUSED, Permission.WITHDRAWN} if again else set()
    )
    asked = []
    for state in sorted(needed):
        row = rows.get(state) or EntryPermission(entry=entry, member_state_id=state)
        if state == speaks_for:
            _answer(row, Permission.GRANTED, actor)
        elif row._state.adding or row.answer in stale:
            row.answer, row.reason, row.answered_by, row.answered_at = Permission.ASKED, "", None, None
            row.asked_at = timezone.now()
            asked.append(state)
        row.save()
    _sum_up(entry)
    if asked:
        entry_asked = audit.record(actor, "entry.permission_asked", entry, states=asked)
        _tell(entry_asked, _focal_points(asked))


def _answer(permission: EntryPermission, answer: Permission, actor: User, reason: str = "") -> None:
    permission.answer, permission.reason = answer, reason
    permission.answered_by, permission.answered_at = actor, timezone.now()


def _sum_up(entry: LibraryEntry) -> None:
    """Keep with an entry what its states have answered; without their permission it leaves the library."""
    answers = {Permission(answer) for answer in entry.permissions.values_list("answer", flat=True)}
    worst = (Permission.WITHDRAWN, Permission.REFUSED, Permission.ASKED, Permission.GRANTED)
    entry.permission = next((answer for answer in worst if answer in answers), Permission.NOT_NEEDED)
    is_given = entry.permission in {Permission.NOT_NEEDED, Permission.GRANTED} and entry.plan != Plan.UNFINISHED
    if entry.state == EntryState.PUBLISHED and not is_given:
        entry.state = EntryState.WITHDRAWN if entry.permission == Permission.WITHDRAWN else EntryState.PROPOSED
    entry.save(update_fields=["permission", "state"])


@transaction.atomic
def answer_permission(
    *, actor: User, entry: int, member_state: int, version: int, grant: bool, reason: str
) -> LibraryEntry:
    """Keep a state's answer; where it takes its permission back, the entry leaves the library at once.

    Args:
        actor: The state's focal point; or the Secretariat, for what the state has answered in writing.
        entry: The id of the entry, locked.
        member_state: The id of the state.
        version: Which version of the entry was read.
        grant: Whether it may be published.
        reason: Why not; of the Secretariat, where the state's answer is found.

    Returns:
        The saved entry.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        EntryPermission.DoesNotExist: The state is not asked.
        PermissionDenied: ``actor`` does not speak for the state; the message says why.
        ValidationError: A reason is missing, or the entry was changed meanwhile.

    Source: FOR-24, LIB-15.
    """
    locked = _locked(actor, entry, version)
    permission = locked.permissions.select_for_update().get(member_state=member_state)
    permission.entry = locked
    policies.may_answer_permission(actor, permission).enforce()
    if not grant and not reason:
        raise ValidationError(_("Give the reason: who proposed the entry is told."), code="reason_missing")
    if actor.member_state_id != member_state and not reason:
        raise ValidationError(
            _("Say where the answer of the state is found, such as a note and its date."), code="source"
        )
    was_granted = permission.answer in {Permission.GRANTED, Permission.WITHDRAWN}
    refused = Permission.WITHDRAWN if was_granted else Permission.REFUSED
    answer = Permission.GRANTED if grant else refused
    _answer(permission, answer, actor, reason)
    permission.save()
    was_published = locked.state == EntryState.PUBLISHED
    _sum_up(locked)
    if was_published and locked.state == EntryState.WITHDRAWN:
        locked.decided_by, locked.reason = actor, reason
        locked.save(update_fields=["decided_by", "reason"])
    said = audit.record(actor, f"entry.permission_{answer}", locked, reason=reason, state=member_state)
    _tell(said, {*_moderators(), *_owners(locked)})
    return locked


# --- Deciding ---------------------------------------------------------------------------------------


@transaction.atomic
def decide_entry(*, actor: User, entry: int, version: int, decision: EntryState, reason: str) -> LibraryEntry:
    """Publish an entry, return it to who proposed it, or decline it; they are told.

    Args:
        actor: The moderator.
        entry: The id of the entry, locked.
        version: Which version was read.
        decision: ``PUBLISHED``, ``RETURNED`` or ``DECLINED``.
        reason: Why; needed unless it is published.

    Returns:
        The saved entry; published, it has a symbol for good.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide so; the message says why.
        ValidationError: A reason is missing, or the entry was changed meanwhile.

    Source: LIB-01, FOR-24, LIB-15, MOD-01.
    """
    locked = _locked(actor, entry, version)
    judge = policies.may_publish_entry if decision == EntryState.PUBLISHED else policies.may_decide_entry
    judge(actor, locked).enforce()
    if decision != EntryState.PUBLISHED and not reason:
        raise ValidationError(_("Give the reason: who proposed the entry is told."), code="reason_missing")
    locked.state, locked.reason, locked.decided_by = decision, reason, actor
    if decision == EntryState.PUBLISHED:
        locked.number = locked.number or _next_number()
        locked.reviewed_at = timezone.now()
        locked.published_at = locked.published_at or locked.reviewed_at
    locked.save()
    decided = audit.record(actor, f"entry.{decision}", locked, reason=reason, symbol=locked.symbol)
    _tell(decided, _owners(locked))
    return locked


def _next_number() -> int:
    """Return the next number; a lock until the commit keeps two entries from taking one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('forum_libraryentry.number'))")
    last: int | None = LibraryEntry.objects.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@transaction.atomic
def review_entry(*, actor: User, entry: int) -> LibraryEntry:
    """Keep that what an entry says was found to hold still.

    Args:
        actor: The moderator.
        entry: The id of the entry, locked.

    Returns:
        The saved entry.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not review it; the message says why.

    Source: LIB-01, LIB-09.
    """
    locked = _locked(actor, entry)
    policies.may_review_entry(actor, locked).enforce()
    locked.reviewed_at = timezone.now()
    locked.save(update_fields=["reviewed_at"])
    audit.record(actor, "entry.reviewed", locked)
    return locked


@transaction.atomic
def withdraw_entry(*, actor: User, entry: int, reason: str) -> LibraryEntry | None:
    """Take an entry back, or out of the library; what was never proposed is deleted.

    Args:
        actor: Who contributed it, or the moderator.
        entry: The id of the entry, locked.
        reason: Why; needed where somebody else contributed it.

    Returns:
        The saved entry; None where it is deleted.

    Raises:
        LibraryEntry.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not withdraw it; the message says why.
        ValidationError: A reason is missing.

    Source: FOR-24.
    """
    locked = _locked(actor, entry)
    policies.may_withdraw_entry(actor, locked).enforce()
    if locked.state == EntryState.DRAFT:
        audit.record(actor, "entry.discarded", locked)
        attachments.discard(locked.attachments.all())
        locked.delete()
        return None
    if actor.pk not in _owners(locked) and not reason:
        raise ValidationError(_("Give the reason: who proposed the entry is told."), code="reason_missing")
    _take_out(locked, actor, reason)
    return locked


def withdraw_with(post: Post, *, actor: User, reason: str) -> None:
    """Take the entry that was made from a contribution back with it, in the transaction of that.

    What is unfinished stays with its writer, who cannot propose it any more.

    Args:
        post: Locked, and shown no longer, or no longer as it was.
        actor: Who took it back, and is told nothing.
        reason: Why.

    Source: FOR-24, LIB-01.
    """
    entries = LibraryEntry.objects.filter(post=post).exclude(state__in=[EntryState.DRAFT, *OUTSIDE])
    for entry in entries.select_related("post").select_for_update(of=("self",)):
        _take_out(entry, actor, reason)


def _take_out(entry: LibraryEntry, actor: User, reason: str) -> None:
    entry.state, entry.reason, entry.decided_by = EntryState.WITHDRAWN, reason, actor
    entry.save(update_fields=["state", "reason", "decided_by"])
    withdrawn = audit.record(actor, "entry.withdrawn", entry, reason=reason)
    _tell(withdrawn, {*_moderators(), *_owners(entry)})


def record_export(*, actor: User, kind: str, query: str, entries: int) -> None:
    """Keep that a list was taken out as a file; who reads the library may have it.

    Args:
        actor: Who takes it.
        kind: Of the file.
        query: What the list was narrowed down to, but for the words that were typed.
        entries: How many it holds.

    Source: ACC-03, ACC-06.
    """
    policies.may_read_library(actor).enforce()
    audit.record(actor, "library.exported", actor, kind=kind, query=query, entries=entries)


# --- Whom to tell -----------------------------------------------------------------------------------


def _owners(entry: LibraryEntry) -> set[int]:
    return {entry.proposed_by_id, entry.contributor_id}


def _moderators() -> set[int]:
    return {*User.objects.active().filter(role=Role.MODERATOR).values_list("pk", flat=True)}


def _focal_points(states: Iterable[int]) -> set[int]:
    mandates = Mandate.objects.in_force(today()).filter(office=Office.FOCAL_POINT, member_state__in=states)
    return {*User.objects.active().filter(pk__in=mandates.values("user")).values_list("pk", flat=True)}


def _tell(event: AuditEntry, people: Iterable[int]) -> None:
    """Write notices of what the audit trail keeps, but for who did it."""
    told = dict.fromkeys(sorted({*people} - {event.actor_id}), MailScope.ACCOUNT)
    outbox.notify(told, kind="entry.told", about=event)
