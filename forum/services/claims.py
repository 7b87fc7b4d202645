"""Claims of imported authors: whose the posts of an older forum are."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.models import AuthorClaim, ImportedAuthor, Post


@transaction.atomic
def claim_author(*, actor: User, author: int) -> AuthorClaim:
    """Say that the posts of an imported author are one's own.

    With the author's address as the account's, and shown to be one's own, they are at once; otherwise the
    Secretariat is asked.

    Args:
        actor: Who claims.
        author: The id of the imported author, locked.

    Returns:
        The claim; the one that waits already where there is one.

    Raises:
        ImportedAuthor.DoesNotExist: ``actor`` may read none of their posts.
        PermissionDenied: They were claimed before.

    Source: FOR-18, workflow 2.10.
    """
    visible = ImportedAuthor.objects.visible_to(actor)
    locked = visible.select_for_update(of=("self",)).get(pk=author)
    policies.may_claim(actor, locked).enforce()
    claim, is_new = AuthorClaim.objects.get_or_create(author=locked, user=actor, is_granted=None)
    if is_new:
        audit.record(actor, "claim.made", claim, author=locked.pk)
    if has_shown(actor, locked):
        _decide(claim, is_granted=True, by=None, reason="")
    elif is_new:
        secretariat = User.objects.active().filter(role=Role.SECRETARIAT).values_list("pk", flat=True)
        outbox.notify(dict.fromkeys(secretariat, MailScope.ACCOUNT), kind="claim.made", about=claim)
    return claim


def has_shown(person: User, author: ImportedAuthor) -> bool:
    """Tell whether somebody has the address of an imported author, and has opened a letter that went there.

    Args:
        person: Who claims.
        author: Whose posts they are.
    """
    if not author.email or author.email != person.email:
        return False
    changes = person.address_changes.filter(done_at__isnull=False).order_by("-done_at")
    last_change = changes.values_list("new_email", flat=True).first()
    if last_change is not None:
        return last_change == person.email
    return person.invitations.filter(taken_up_at__isnull=False).exists()


@transaction.atomic
def decide_claim(*, actor: User, claim: int, is_granted: bool, reason: str) -> AuthorClaim:
    """Grant or refuse a claim, and have who made it told.

    Args:
        actor: Who decides for the Secretariat.
        claim: Its id; what was decided meanwhile stays as it is.
        is_granted: Whether the posts are theirs from now on.
        reason: Why; whoever claimed reads it.

    Raises:
        AuthorClaim.DoesNotExist: There is no such claim that waits.
        PermissionDenied: ``actor`` may not decide, or the posts were claimed meanwhile.
        ValidationError: There is no reason.

    Source: FOR-18, workflow 2.10.
    """
    policies.may_decide_claims(actor).enforce()
    if not reason.strip():
        raise ValidationError(_("Give the reason: it is kept, and who claimed the posts reads it."), code="reason")
    author = AuthorClaim.objects.waiting().values("author").get(pk=claim)["author"]
    ImportedAuthor.objects.select_for_update(of=("self",)).get(pk=author)  # before the claim, as in claiming
    locked = AuthorClaim.objects.waiting().select_for_update(of=("self",)).select_related("author", "user")
    decided = locked.get(pk=claim)
    if is_granted:
        policies.may_claim(decided.user, decided.author).enforce()
    _decide(decided, is_granted=is_granted, by=actor, reason=reason)
    outbox.notify({decided.user_id: MailScope.ACCOUNT}, kind="claim.decided", about=decided)
    return decided


def _decide(claim: AuthorClaim, *, is_granted: bool, by: User | None, reason: str) -> None:
    claim.is_granted, claim.decided_by, claim.decided_at, claim.reason = is_granted, by, timezone.now(), reason
    claim.save(update_fields=["is_granted", "decided_by", "decided_at", "reason"])
    posts = 0
    if is_granted:
        author = claim.author
        author.claimed_by, author.claimed_at = claim.user, claim.decided_at
        author.save(update_fields=["claimed_by", "claimed_at"])
        posts = Post.objects.filter(imported_author=author).update(author=claim.user)
    action = "claim.granted" if is_granted else "claim.refused"
    audit.record(by, action, claim, reason=reason, person=claim.user_id, author=claim.author_id, posts=posts)
