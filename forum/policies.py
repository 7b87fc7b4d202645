"""Who may do what in the forum, and why not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import AccountStatus, Role
from accounts.models import RegionalGroup, User
from accounts.verdicts import ALLOWED, Verdict
from forum.enums import (
    Capacity,
    ClearanceState,
    EntryState,
    Permission,
    Plan,
    PostState,
    SignalKind,
    TopicKind,
    TranslationStatus,
)
from forum.models import (
    Activity,
    Clearance,
    EntryPermission,
    ImportedAuthor,
    LibraryEntry,
    Post,
    PostTranslation,
    Room,
    Topic,
)
from forum.models.leads import groups_spoken_for
from forum.weeks import opens_on


class Closable(Protocol):
    """A discussion, or a row of what is known about it."""

    @property
    def opening_days(self) -> Sequence[int]: ...

    @property
    def is_read_only(self) -> bool: ...

    @property
    def is_merged(self) -> bool: ...

    def is_closed(self, now: datetime) -> bool: ...


def may_post(actor: User, discussion: Closable) -> Verdict:
    """Judge whether ``actor`` may post in ``discussion``. Source: OPS-01, CDIP/22/3 paras 6 and 8."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use before you post."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and does not post."))
    if discussion.is_merged:
        return Verdict(_("This discussion has been merged with another one, where it goes on."))
    if discussion.is_closed(timezone.now()):
        return Verdict(_("This discussion is closed. You can still read and cite it."))
    return may_write(actor, is_read_only=discussion.is_read_only) and _opens_today(discussion.opening_days)


def may_write(actor: User, *, is_read_only: bool = False) -> Verdict:
    """Judge whether ``actor`` adds anything at all at this moment, to a room or anywhere. Source: MOD-09, FOR-05.

    Args:
        actor: Who would.
        is_read_only: Whether the room is kept to be read only.
    """
    if actor.muted_until is not None and actor.muted_until > timezone.now():
        until = date_format(timezone.localtime(actor.muted_until), "DATETIME_FORMAT")
        return Verdict(_("Until %(moment)s you read the forum and do not write in it.") % {"moment": until})
    if is_read_only:
        return Verdict(_("This room is kept to be read. Nothing new is written in it."))
    return ALLOWED


def is_held(author: User, *, room_holds: bool) -> bool:
    """Tell whether a moderator reads what ``author`` posts in a room before it is shown. Source: FOR-11, MOD-01.

    Args:
        author: Who posts; who guides the room needs nobody to read it first.
        room_holds: Whether the room holds posts of everybody.
    """
    if author.is_moderator or author.role == Role.FACILITATOR:
        return False
    return room_holds or (author.held_until is not None and author.held_until > timezone.now())


def may_steer(actor: User) -> Verdict:
    """Judge whether ``actor`` guides the discussions they see: the moderator all, a facilitator the own room's.

    Source: MOD-01, MOD-05, CDIP/22/3 paras 6-7.
    """
    if actor.may_enter and (actor.is_moderator or actor.role == Role.FACILITATOR):
        return ALLOWED
    return Verdict(_("The moderator, and the facilitator of its room, guide a discussion."))


def may_hold(actor: User) -> Verdict:
    """Judge whether ``actor`` decides whose posts a moderator reads first. Source: FOR-11, MOD-01."""
    if actor.may_enter and actor.is_moderator:
        return ALLOWED
    return Verdict(_("Only the moderator decides whose posts are read before they are shown."))


def may_judge(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` decides on a post that is held: never on one's own. Source: FOR-11, MOD-01."""
    if post.author_id == actor.pk:
        return Verdict(_("Somebody else decides on your own post."))
    return may_steer(actor)


def may_reword_held(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may change a post that waits to be read. Source: FOR-11."""
    if post.author_id != actor.pk:
        return Verdict(_("Only its author changes a post."))
    if post.state != PostState.HELD or post.state_changed_at is not None:
        return Verdict(_("This post no longer waits to be read."))
    return may_write(actor, is_read_only=post.discussion.is_read_only)


def may_reword_hidden(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may change a post that was hidden until it is changed. Source: FOR-11, MOD-09."""
    if post.author_id != actor.pk:
        return Verdict(_("Only its author changes a post."))
    if post.state != PostState.HELD or post.state_changed_at is None:
        return Verdict(_("This post is not hidden, so it is not changed here."))
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    return ALLOWED


def _opens_today(days: Sequence[int]) -> Verdict:
    """Judge whether one can post on this day in a room that opens on ``days``. Source: FOR-09."""
    day = opens_on(days, today())
    if day != today():
        when = {"weekday": date_format(day, "l"), "date": date_format(day)}
        return Verdict(_("This room is open on set days only. It opens again on %(weekday)s, %(date)s.") % when)
    return ALLOWED


def may_speak_as(actor: User, capacity: Capacity) -> Verdict:
    """Judge whether ``actor`` may post in ``capacity``. Source: reading A20."""
    if capacity == Capacity.DELEGATION and not actor.is_focal_point:
        return Verdict(_("Only the focal point of a member state makes statements of the delegation."))
    return ALLOWED


def may_close(actor: User) -> Verdict:
    """Judge whether ``actor`` may close discussions and open them again. Source: MOD-01, CDIP/22/3 para 6."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator closes discussions and opens them again."))
    return ALLOWED


def may_open(actor: User) -> Verdict:
    """Judge whether ``actor`` may open discussions in rooms they may enter. Source: FOR-03, CDIP/22/3 paras 6 and 8."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and opens no discussions."))
    if actor.role == Role.EXTERNAL:
        return Verdict(_("You are admitted to one discussion. Participants open others."))
    return may_write(actor)


def may_open_in(actor: User, room: Room) -> Verdict:
    """Judge whether ``actor`` may open a discussion in ``room`` on this day. Source: FOR-03, FOR-09."""
    return may_open(actor) and may_begin_in(actor, room) and _opens_today(room.opening_days)


def may_begin_in(actor: User, room: Room) -> Verdict:
    """Judge whether ``room`` takes new discussions of ``actor``, on whichever day. Source: FOR-11, FOR-05."""
    if is_held(actor, room_holds=room.holds_posts):
        return Verdict(
            _("A moderator reads your posts before they are shown here, so ask the moderator to open a discussion.")
        )
    return may_write(actor, is_read_only=room.is_read_only)


def may_settle(actor: User, *, kind: str, asker: int | None) -> Verdict:
    """Judge whether ``actor`` may say that a question is answered, or is not. Source: FOR-17.

    Args:
        actor: Who says so.
        kind: The topic's.
        asker: The id of the person who opened it.
    """
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if kind != TopicKind.QUESTION:
        return Verdict(_("Only a question can be answered in this way."))
    if not actor.is_moderator and actor.pk != asker:
        return Verdict(_("Who asked a question and the moderator say whether it is answered."))
    return ALLOWED


def may_nominate(actor: User, group: RegionalGroup | None, topic: Topic) -> Verdict:
    """Judge whether ``actor`` may nominate the lead participant of ``group`` in ``topic``, or take that back.

    A coordinator with a mandate in force does; the Secretariat, for a group that has none.

    Args:
        actor: Who would.
        group: For whom; None where ``actor`` speaks for no group, or not for the one meant.
        topic: One that ``actor`` may see.

    Source: ACC-10, CDIP/24 report para 17, CDIP/30/8 paras 7-9.
    """
    if group is None or not (actor.may_enter and group in groups_spoken_for(actor)):
        return Verdict(
            _("The coordinator of a group nominates its lead participant; the Secretariat does where there is none.")
        )
    if not Topic.objects.open_at(timezone.now()).filter(pk=topic.pk).exists():
        return Verdict(_("This topic is closed, so its lead participants stay as they are."))
    return may_write(actor)


def may_read_unanswered(viewer: User) -> Verdict:
    """Judge whether ``viewer`` is shown questions that wait for an answer: who could give one. Source: FOR-17."""
    if viewer.may_enter and viewer.role in LISTED_ROLES:
        return ALLOWED
    return Verdict(_("Questions that wait for an answer are shown to those who could give one."))


def may_signal(actor: User, post: Post, kind: SignalKind) -> Verdict:
    """Judge whether ``actor`` may give a post a signal. Source: FOR-21, reading A24.

    Args:
        actor: Who gives it.
        post: With its author.
        kind: Which signal.
    """
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and gives no signals."))
    if not may_write(actor, is_read_only=post.discussion.is_read_only):
        return may_write(actor, is_read_only=post.discussion.is_read_only)
    if post.author_id == actor.pk:
        return Verdict(_("This is your own post."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown."))
    if kind == SignalKind.CONTACT and (post.author is None or post.author.status == AccountStatus.LEFT):
        return Verdict(_("The author of this post is no longer here."))
    return ALLOWED


def may_edit(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may change the wording of ``post``. Source: reading A20, FOR-11."""
    if post.author_id != actor.pk:
        return Verdict(_("Only its author changes a post."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown, so it cannot be changed."))
    if post.capacity == Capacity.DELEGATION:
        return Verdict(_("A statement of the delegation is not changed once it is made."))
    if is_held(actor, room_holds=post.discussion.room.holds_posts):
        return Verdict(_("A moderator reads your posts first, so those that are shown already stay as they are."))
    return may_post(actor, post.discussion)


def may_correct(actor: User, post: Post | None) -> Verdict:
    """Judge whether ``actor`` may publish a corrigendum to ``post``. Source: reading A20, FOR-11."""
    if post is None or post.state != PostState.VISIBLE or post.capacity != Capacity.DELEGATION:
        return Verdict(_("A corrigendum is made to a statement of the delegation that is shown."))
    if not _speaks_for(actor, post):
        return Verdict(_("Only the focal point of its state corrects a statement of the delegation."))
    return ALLOWED


def may_withdraw(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may withdraw ``post``; a closed discussion does not keep it.

    Source: FOR-11, FOR-24, reading A20.
    """
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if post.capacity == Capacity.DELEGATION and not _speaks_for(actor, post):
        return Verdict(_("Only the focal point of its state withdraws a statement of the delegation."))
    if post.capacity == Capacity.PERSONAL and post.author_id != actor.pk:
        return Verdict(_("Only its author withdraws a post."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown, so it cannot be withdrawn."))
    return ALLOWED


def _speaks_for(actor: User, post: Post) -> bool:
    """Tell whether ``actor`` is a focal point of the state in whose name ``post`` was made, a successor included."""
    return actor.is_focal_point and actor.member_state_id == post.member_state_id


def may_ask_clearance(actor: User, colleague: User) -> Verdict:
    """Judge whether ``actor`` may ask ``colleague`` to clear a text. Source: ACC-03, ACC-04."""
    if actor.member_state_id is None:
        return Verdict(_("Delegates ask colleagues of their delegation to clear a text."))
    if colleague.member_state_id != actor.member_state_id or colleague.pk == actor.pk:
        return Verdict(_("Choose a colleague of your own delegation."))
    if not colleague.is_active:
        return Verdict(_("This colleague’s account does not work now."))
    return ALLOWED


def may_decide_clearance(actor: User, clearance: Clearance) -> Verdict:
    """Judge whether ``actor`` may clear a text or return it. Source: ACC-03, ACC-04."""
    if actor.pk != clearance.colleague_id or actor.member_state_id != clearance.author.member_state_id:
        return Verdict(_("Only the colleague of the same delegation who was asked decides."))
    if clearance.state != ClearanceState.ASKED:
        return Verdict(_("This was decided or taken back already."))
    return ALLOWED


def may_take_back_clearance(actor: User, clearance: Clearance) -> Verdict:
    """Judge whether ``actor`` may take back what they asked a colleague. Source: ACC-03."""
    if actor.pk != clearance.author_id:
        return Verdict(_("Only who asked takes it back."))
    if clearance.state != ClearanceState.ASKED:
        return Verdict(_("This was decided or taken back already."))
    return ALLOWED


LISTED_ROLES = (Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT, Role.FACILITATOR)


def may_read_directory(viewer: User) -> Verdict:
    """Judge whether ``viewer`` may know who takes part. Source: ACC-03, ACC-05, CDIP/22/3 para 8."""
    if viewer.may_enter and (viewer.role in LISTED_ROLES or viewer.role == Role.EVALUATOR):
        return ALLOWED
    return Verdict(_("The list of people is for participants."))


def may_be_listed(actor: User) -> Verdict:
    """Judge whether ``actor`` is one of those whom others can look up. Source: ACC-03, ACC-05, reading A24."""
    if actor.may_enter and actor.role in LISTED_ROLES:
        return ALLOWED
    return Verdict(_("Only participants are listed among the people."))


def may_have_feed(actor: User) -> Verdict:
    """Judge whether ``actor`` may have a private feed of what they read. Source: ACC-02, ACC-03."""
    if actor.may_enter:
        return ALLOWED
    return Verdict(_("A feed is for those to whom the forum is open."))


def may_claim(actor: User, author: ImportedAuthor) -> Verdict:
    """Judge whether ``actor`` may say that the posts of ``author`` are theirs. Source: FOR-18, workflow 2.10."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if author.claimed_by_id is not None:
        return Verdict(_("Somebody has shown already that these posts are theirs."))
    return ALLOWED


def may_decide_claims(actor: User) -> Verdict:
    """Judge whether ``actor`` decides whose imported posts are. Source: FOR-18, workflow 2.10."""
    if actor.may_enter and actor.is_staff:
        return ALLOWED
    return Verdict(_("Only the Secretariat decides on claims."))


def may_take_record(actor: User) -> Verdict:
    """Judge whether ``actor`` may have discussions as documents. Source: REP-11, ACC-03, reading A24."""
    if actor.may_enter and (actor.reads_every_room or actor.role == Role.FACILITATOR):
        return ALLOWED
    return Verdict(_("Records of discussions are for participants."))


# --- The library of practices -----------------------------------------------------------------------


def may_read_library(viewer: User) -> Verdict:
    """Judge whether ``viewer`` may read the library. Source: LIB-01, ACC-05, CDIP/22/3 para 8."""
    if viewer.may_enter and viewer.reads_every_room:
        return ALLOWED
    return Verdict(_("The library is for those who read every room."))


def may_begin_entry(actor: User, post: Post | None = None) -> Verdict:
    """Judge whether ``actor`` may begin an entry of the library, of a contribution or of their own.

    Source: LIB-01, FOR-24, workflow 2.3.
    """
    if not may_read_library(actor):
        return may_read_library(actor)
    if not actor.writes:
        return Verdict(_("An evaluator reads the library and does not add to it."))
    if not may_write(actor):
        return may_write(actor)
    if post is None:
        return ALLOWED
    if not (actor.is_moderator or post.author_id == actor.pk):
        return Verdict(_("Its author or the moderator proposes a contribution for the library."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This contribution is no longer shown, so it cannot be proposed for the library."))
    return ALLOWED


def may_change_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may change ``entry``. Source: LIB-01, FOR-24."""
    if not may_begin_entry(actor):
        return may_begin_entry(actor)
    is_own = actor.pk in {entry.proposed_by_id, entry.contributor_id}
    if entry.state == EntryState.DECLINED:
        return Verdict(_("This entry was declined. The moderator can still publish it."))
    if entry.state == EntryState.WITHDRAWN and actor.pk != entry.contributor_id:
        return Verdict(_("Only who contributed this entry brings it back."))
    if not (is_own or actor.is_moderator):
        return Verdict(_("Who proposed an entry and the moderator change it."))
    return ALLOWED


def may_propose_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may propose ``entry`` now, or have states asked again. Source: LIB-01, FOR-24."""
    if not may_change_entry(actor, entry):
        return may_change_entry(actor, entry)
    if entry.state == EntryState.PUBLISHED:
        return Verdict(_("This entry is published already."))
    if entry.post is not None and entry.post.state != PostState.VISIBLE:
        return Verdict(_("The contribution that it is made from is no longer shown, so it cannot be proposed."))
    return ALLOWED


def may_decide_entries(actor: User) -> Verdict:
    """Judge whether ``actor`` keeps the library. Source: LIB-01, LIB-09, MOD-01."""
    if actor.may_enter and actor.is_moderator:
        return ALLOWED
    return Verdict(_("Only the moderator decides on entries of the library."))


def may_decide_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may decide on ``entry`` now. Source: LIB-01, MOD-01."""
    if not may_decide_entries(actor):
        return may_decide_entries(actor)
    if entry.state not in {EntryState.PROPOSED, EntryState.DECLINED}:
        return Verdict(_("There is nothing to decide on this entry now."))
    return ALLOWED


def may_publish_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may publish ``entry`` now. Source: FOR-24, LIB-01, LIB-15."""
    if not may_decide_entry(actor, entry):
        return may_decide_entry(actor, entry)
    if entry.plan == Plan.UNFINISHED:
        return Verdict(_("A strategy, policy or plan is published once it is complete."))
    if entry.permission not in {Permission.NOT_NEEDED, Permission.GRANTED}:
        return Verdict(_("It can be published once every state that is asked has given its permission."))
    return ALLOWED


def may_review_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may mark ``entry`` as reviewed. Source: LIB-01, LIB-09."""
    if not may_decide_entries(actor):
        return may_decide_entries(actor)
    if entry.state != EntryState.PUBLISHED:
        return Verdict(_("Only what is published is reviewed."))
    return ALLOWED


def may_withdraw_entry(actor: User, entry: LibraryEntry) -> Verdict:
    """Judge whether ``actor`` may take ``entry`` back, or out of the library. Source: FOR-24."""
    if not may_begin_entry(actor):
        return may_begin_entry(actor)
    if entry.state in {EntryState.DECLINED, EntryState.WITHDRAWN}:
        return Verdict(_("This entry is not in the library."))
    if actor.pk not in {entry.proposed_by_id, entry.contributor_id} and not actor.is_moderator:
        return Verdict(_("Who contributed an entry and the moderator withdraw it."))
    return ALLOWED


def may_answer_permission(actor: User, permission: EntryPermission) -> Verdict:
    """Judge whether ``actor`` may say for a state whether an entry is published.

    The Secretariat records what a state has answered in writing. Source: FOR-24, LIB-15, ACC-11.
    """
    is_focal_point = actor.is_focal_point and actor.member_state_id == permission.member_state_id
    if not actor.may_enter or not (is_focal_point or actor.role == Role.SECRETARIAT):
        return Verdict(_("The focal point of the state gives or refuses its permission."))
    if permission.entry.state in {EntryState.DRAFT, EntryState.RETURNED, EntryState.DECLINED}:
        return Verdict(_("This entry is not proposed for publication now."))
    return ALLOWED


# --- The catalogue of activities --------------------------------------------------------------------


def may_keep_catalogue(actor: User) -> Verdict:
    """Judge whether ``actor`` keeps the catalogue: the Secretariat, the moderator being one of its staff.

    Source: LIB-07, MOD-01.
    """
    if actor.may_enter and actor.is_moderator:
        return ALLOWED
    return Verdict(_("The Secretariat keeps the catalogue of activities."))


def may_publish_activity(actor: User, activity: Activity) -> Verdict:
    """Judge whether ``actor`` may put ``activity`` into the catalogue now. Source: LIB-07."""
    if not may_keep_catalogue(actor):
        return may_keep_catalogue(actor)
    if activity.published_at is not None:
        return Verdict(_("This activity is in the catalogue already."))
    return ALLOWED


def may_review_activity(actor: User, activity: Activity) -> Verdict:
    """Judge whether ``actor`` may mark ``activity`` as reviewed, or take it out. Source: LIB-07."""
    if not may_keep_catalogue(actor):
        return may_keep_catalogue(actor)
    if activity.published_at is None:
        return Verdict(_("This activity is not in the catalogue."))
    return ALLOWED


def may_discard_activity(actor: User, activity: Activity) -> Verdict:
    """Judge whether ``actor`` may delete ``activity``: only what nobody else has ever seen. Source: LIB-07."""
    if not may_keep_catalogue(actor):
        return may_keep_catalogue(actor)
    if activity.reviewed_at is not None:
        return Verdict(_("What has stood in the catalogue is taken out of it and not deleted."))
    return ALLOWED


def may_list_activities(actor: User) -> Verdict:
    """Judge whether ``actor`` may choose activities for the national plan of their state. Source: LIB-07."""
    if actor.may_enter and actor.member_state_id is not None:
        return ALLOWED
    return Verdict(_("A list for a national plan is kept by the delegates of a state."))


def may_translate(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may translate ``post``. Source: FOR-07, FOR-26, MOD-03, MOD-05."""
    if not (actor.may_enter and actor.writes):
        return Verdict(_("Only who takes part translates posts."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown, so it cannot be translated."))
    room = post.discussion.room
    if not may_write(actor, is_read_only=room.is_read_only):
        return may_write(actor, is_read_only=room.is_read_only)
    if is_held(actor, room_holds=room.holds_posts):
        return Verdict(_("A moderator reads what you write before it is shown, so others translate your posts."))
    if actor.is_moderator or actor.role == Role.FACILITATOR or post.author_id == actor.pk:
        return ALLOWED
    return Verdict(_("Its author, the moderator and the facilitator of its room translate a post."))


def may_check_translation(actor: User, post: Post, translation: PostTranslation) -> Verdict:
    """Judge whether ``actor`` may say that a translation is right.

    Args:
        actor: Who would say so.
        post: What is translated.
        translation: Its translation.

    Source: FOR-26, reading A22.
    """
    if not may_translate(actor, post):
        return may_translate(actor, post)
    if translation.status == TranslationStatus.MACHINE:
        return Verdict(_("Save what the machine has written as your own translation, with your corrections."))
    if translation.translated_by_id == actor.pk:
        return Verdict(_("A translation is checked by somebody else than who has written it."))
    if translation.is_stale:
        return Verdict(_("The original has changed since. Bring the translation up to date first."))
    return ALLOWED


def may_go_to_machine(post: Post) -> Verdict:
    """Judge whether ``post`` may be given to its room's machine. Source: reading A22, ACC-03."""
    room = post.discussion.room
    if not room.translation_server or room.is_sensitive:
        return Verdict(_("In this room no machine translates."))
    if post.state != PostState.VISIBLE or post.capacity == Capacity.DELEGATION:
        return Verdict(_("A machine translates neither statements of delegations nor what is no longer shown."))
    return ALLOWED


def may_ask_machine(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may have ``post`` translated by a machine. Source: reading A22, ACC-03."""
    if not actor.may_enter:
        return Verdict(_("Only participants have posts translated."))
    return may_go_to_machine(post)
