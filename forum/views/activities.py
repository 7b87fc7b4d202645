"""Pages of the catalogue of activities, and of what a state chooses from it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.exports.activities import sheet
from forum.exports.lists import WRITERS
from forum.forms.activities import ActivityForm, ActivitySearchForm
from forum.forms.posts import author_of
from forum.models import Activity
from forum.queries.activities import ActivityPage, activities_page, activity_page, shortlist, waiting_activities
from forum.services.activities import (
    keep_activity,
    list_activity,
    record_shortlist,
    review_activity,
    withdraw_activity,
)


def _or_404(request: SignedInRequest) -> None:
    if not policies.may_read_library(request.user):
        raise Http404


# --- Reading ----------------------------------------------------------------------------------------


@require_GET
def activity_list(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    form = ActivitySearchForm(request.GET)
    page = activities_page(request.user, form.wanted, after=form.cleaned_data.get("after"))
    return render(request, "forum/activity_list.html", {"page": page, "form": form})


@require_GET
def activity_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    return render(request, "forum/activity_detail.html", {"page": page, "activity": page.activity})


def _page_or_404(request: SignedInRequest, pk: int) -> ActivityPage:
    try:
        return activity_page(request.user, pk)
    except Activity.DoesNotExist:
        raise Http404 from None


# --- The list of a state ----------------------------------------------------------------------------


@require_GET
def activity_shortlist(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    policies.may_list_activities(request.user).enforce()
    return render(request, "forum/activity_shortlist.html", {"page": shortlist(request.user)})


@require_POST
def activity_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an activity on the list of one's state, or take it off, as the pressed button says."""
    wanted = "undo" not in request.POST
    try:
        is_changed = list_activity(actor=request.user, activity=pk, wanted=wanted)
    except Activity.DoesNotExist:
        raise Http404 from None
    if wanted:
        said = _("It is on your state’s list.") if is_changed else _("It is on your state’s list already.")
    else:
        said = _("It is off your state’s list.") if is_changed else _("It is off your state’s list already.")
    messages.success(request, said)
    return redirect("forum:activity_shortlist" if "back" in request.POST else Activity(pk=pk).get_absolute_url())


@require_GET
def activity_shortlist_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """The list of one's state as a file."""
    _or_404(request)
    if kind not in WRITERS:
        raise Http404
    policies.may_list_activities(request.user).enforce()
    activities, state = shortlist(request.user).activities, request.user.member_state
    assert state is not None
    record_shortlist(actor=request.user, kind=kind, activities=len(activities))
    write, content_type = WRITERS[kind]
    name = f"activities-{state.code}-{timezone.localdate():%Y-%m-%d}.{kind}"
    return FileResponse(write(sheet(activities, state)), as_attachment=True, filename=name, content_type=content_type)


# --- Keeping the catalogue --------------------------------------------------------------------------


@require_GET
def activity_waiting(request: SignedInRequest) -> HttpResponse:
    """What is to be completed, and what is to be reviewed."""
    _or_404(request)
    policies.may_keep_catalogue(request.user).enforce()
    return render(request, "forum/activity_waiting.html", {"page": waiting_activities(request.user)})


@require_http_methods(["GET", "POST"])
def activity_create(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    policies.may_keep_catalogue(request.user).enforce()
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def activity_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    _or_404(request)
    activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    policies.may_keep_catalogue(request.user).enforce()
    return _edit(request, activity)


def _edit(request: SignedInRequest, activity: Activity | None) -> HttpResponse:
    publish = request.POST.get("then") == "publish"
    is_complete = publish or (activity is not None and activity.published_at is not None)
    posted = request.POST if request.method == "POST" else None
    form = ActivityForm(posted, instance=activity, viewer=request.user, is_complete=is_complete)
    if form.is_valid():
        try:
            kept = keep_activity(
                actor=request.user,
                values=form.values,
                activity=activity.pk if activity else None,
                version=form.cleaned_data["version"],
                submission_key=form.cleaned_data["submission_key"],
                publish=publish,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said_of(kept))
            return redirect(kept)
    if posted is not None and activity is not None:  # who sends it again has seen that somebody else changed it
        activity = get_object_or_404(Activity, pk=activity.pk)
        form.data = posted.copy()
        form.data["version"] = str(activity.version)
    context = {"form": form, "activity": activity}
    return render(request, "forum/activity_edit.html", context, status=422 if form.errors else 200)


def _keep_text(request: HttpRequest) -> KeptText:
    """Keep what a person typed whose session is gone, unfinished: as new, or in the unfinished one it was typed for."""
    pk = resolve(request.path).kwargs.get("pk")
    lost = KeptText(request.get_full_path(), is_kept=False)
    number = author_of(request.POST.get("author", ""))
    writer = User.objects.with_access().filter(pk=number).first() if number else None
    if writer is None:
        return lost
    writer.has_accepted_protocol = True  # a version new meanwhile is asked for before the text is shown
    activity = Activity.objects.visible_to(writer).filter(pk=pk, published_at=None).first() if pk else None
    form = ActivityForm(request.POST, instance=activity, viewer=writer)
    if not form.is_valid() or (pk and activity is None):
        return lost
    versions = {name: form.cleaned_data[name] for name in ("version", "submission_key")}
    try:
        kept = keep_activity(actor=writer, values=form.values, activity=pk, **versions)
    except (PermissionDenied, ValidationError):
        return lost
    return KeptText(reverse("forum:activity_edit", args=[kept.pk]), is_kept=True)


activity_create.keep_text = activity_edit.keep_text = _keep_text  # type: ignore[attr-defined]


def _said_of(activity: Activity) -> str:
    if activity.published_at is None:
        return _("The activity is saved. It is not in the catalogue yet.")
    return _("The activity is saved, and stands in the catalogue.")


@require_POST
def activity_review(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        activity = review_activity(actor=request.user, activity=pk)
    except Activity.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Marked as reviewed today."))
    return redirect(activity)


@require_http_methods(["GET", "POST"])
def activity_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it out of the catalogue, or delete what never stood in it."""
    page = _page_or_404(request, pk)
    if not page.may_discard:
        page.may_review.enforce()
    if request.method == "GET":
        return render(request, "forum/activity_withdraw.html", {"page": page, "activity": page.activity})
    withdrawn = withdraw_activity(actor=request.user, activity=pk)
    if withdrawn is None:
        messages.success(request, _("The unfinished activity is deleted."))
        return redirect("forum:activity_waiting")
    messages.success(request, _("The activity is out of the catalogue."))
    return redirect(withdrawn)
