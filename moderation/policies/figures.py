"""Who sees the figures, and what is kept about evaluations, and why not."""

from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import Role
from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from moderation.models import Evaluation


def may_see_figures(viewer: User) -> Verdict:
    """Judge whether ``viewer`` sees how the forum is used. Source: REP-02, MOD-01, reading A24."""
    if viewer.may_enter and (viewer.is_moderator or viewer.role == Role.EVALUATOR):
        return ALLOWED
    return Verdict(_("The figures are for the moderator, the Secretariat and an independent evaluator."))


def sees_small_figures(viewer: User) -> bool:
    """Tell whether ``viewer`` sees counts that could tell of a person; an evaluator does not. Source: REP-12, A24."""
    return viewer.is_moderator


def may_run_evaluations(actor: User) -> Verdict:
    """Judge whether ``actor`` keeps what evaluations are about and what came of them. Source: REP-04, REP-06."""
    if actor.may_enter and actor.is_staff:
        return ALLOWED
    return Verdict(_("Only the Secretariat keeps this about evaluations."))


def may_change_agreement(actor: User, evaluation: Evaluation) -> Verdict:
    """Judge whether ``actor`` may still change criteria and period: until it begins. Source: REP-06."""
    if evaluation.starts_on <= today():
        return Verdict(_("The period has begun, and what was agreed for it stands."))
    return may_run_evaluations(actor)


def may_export(actor: User, evaluation: Evaluation) -> Verdict:
    """Judge whether ``actor`` has the data of an evaluation, which name nobody. Source: reading A24, REP-12."""
    if actor.may_enter and (actor.is_staff or evaluation.evaluator_id == actor.pk):
        return ALLOWED
    return Verdict(_("The data are for the Secretariat and for the evaluator of this period."))


def may_write_report(actor: User, evaluation: Evaluation) -> Verdict:
    """Judge whether ``actor`` writes the report: the evaluator and, for them, the Secretariat. Source: REP-04."""
    if evaluation.published_at is not None:
        return Verdict(_("The report is published and stands as it is. Take it back first."))
    return may_export(actor, evaluation)
