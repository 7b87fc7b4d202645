"""Syntheses: the rooms' notes, the text made of them, its versions and corrections, and what came of a topic."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum.models import Discussion, Topic
from forum.views.addresses import number_in
from moderation.enums import CorrectionState
from moderation.forms.synthesis import CorrectionAnswerForm, CorrectionForm, FollowUpForm, NoteForm, SynthesisForm
from moderation.models import Correction, FollowUp, Synthesis
from moderation.policies import synthesis as policies
from moderation.queries import syntheses as queries
from moderation.services.corrections import answer_correction, ask_correction, delete_follow_up, record_follow_up
from moderation.services.syntheses import publish_synthesis, save_note, save_synthesis


@require_GET
def synthesis_list(request: SignedInRequest) -> HttpResponse:
    policies.may_note(request.user).enforce()
    return render(request, "moderation/synthesis_list.html", {"rows": queries.synthesis_list(request.user)})


@require_http_methods(["GET", "POST"])
def note_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The notes on one discussion, beside its posts."""
    discussions = Discussion.objects.visible_to(request.user).select_related("topic", "room")
    discussion = get_object_or_404(discussions, pk=pk)
    policies.may_note(request.user).enforce()
    page = queries.note_page(discussion, viewer=request.user, after=number_in(request.GET.get("after")) or 0)
    form = NoteForm(request.POST) if request.method == "POST" else NoteForm.of(page.note)
    action = request.POST.get("action")
    if form.is_bound and form.is_valid() and action != "preview":
        try:
            save_note(actor=request.user, discussion=pk, hands_in=action == "hand_in", **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            said = (
                _("The notes are handed in. The moderator is told.")
                if action == "hand_in"
                else _("The notes are kept.")
            )
            messages.success(request, said)
            return redirect("moderation:note_edit", pk)
    preview = form.cleaned_data.get("body", "") if action == "preview" and not form.errors else ""
    context = {"page": page, "form": form, "preview": preview}
    return render(request, "moderation/note_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def synthesis_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """All rooms' notes side by side, and the text that is written of them in each language."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user), pk=pk)
    policies.may_synthesize(request.user).enforce()
    page = queries.synthesis_page(topic, viewer=request.user)
    if request.method == "POST":
        form = SynthesisForm(request.POST, languages=page.languages)
    else:
        form = SynthesisForm.of(page.draft or page.latest, page.languages)
    action = request.POST.get("action")
    if form.is_bound and form.is_valid() and action != "preview":
        try:
            draft = save_synthesis(
                actor=request.user,
                topic=pk,
                texts=form.texts,
                changes=form.cleaned_data["changes"],
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _kept(request, draft, publishes=action == "publish")
    preview = form.texts if action == "preview" and not form.errors else {}
    context = {
        "page": page,
        "form": form,
        "preview": preview,
        "answer_form": CorrectionAnswerForm(),
        "outcome": queries.outcome_of(topic, viewer=request.user),
    }
    return render(request, "moderation/synthesis_edit.html", context, status=422 if form.errors else 200)


def _kept(request: SignedInRequest, draft: Synthesis, *, publishes: bool) -> HttpResponse:
    """Answer once a text is kept, and publish it where that is asked and nothing is missing."""
    if publishes:
        try:
            publish_synthesis(actor=request.user, synthesis=draft.pk)
        except ValidationError as refusal:
            messages.error(
                request, _("The text is kept, and not published yet: %(reason)s") % {"reason": refusal.messages[0]}
            )
        else:
            messages.success(request, _("It is shown in every room, and all who read or wrote there are being told."))
            return redirect(draft.topic)
    else:
        messages.success(request, _("The text is kept. Only moderators see it until you publish it."))
    return redirect("moderation:synthesis_edit", draft.topic_id)


@require_http_methods(["GET", "POST"])
def synthesis_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A topic's synthesis, its versions and what came of it; who reads it can ask for a correction."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user), pk=pk)
    try:
        outcome = queries.outcome_of(topic, viewer=request.user, number=number_in(request.GET.get("version")))
    except Synthesis.DoesNotExist:
        raise Http404 from None
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not outcome.versions:
        raise Http404
    if form.is_valid():
        try:
            ask_correction(actor=request.user, synthesis=outcome.versions[0].pk, text=form.cleaned_data["text"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The moderator has your request, and you will be told what comes of it."))
            return redirect("moderation:synthesis_detail", pk)
    context = {"outcome": outcome, "form": form}
    return render(request, "moderation/synthesis_detail.html", context, status=422 if form.errors else 200)


@require_POST
def correction_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what becomes of a request for a correction."""
    correction = get_object_or_404(Correction.objects.visible_to(request.user).select_related("synthesis"), pk=pk)
    policies.may_synthesize(request.user).enforce()
    form = CorrectionAnswerForm(request.POST)
    if form.is_valid():
        answer_correction(
            actor=request.user,
            correction=pk,
            state=CorrectionState(form.cleaned_data["state"]),
            answer=form.cleaned_data["answer"],
        )
        messages.success(request, _("Who asked is being told."))
    else:
        messages.error(request, _("Write an answer first."))
    return redirect("moderation:synthesis_edit", correction.synthesis.topic_id)


@require_GET
def follow_up_list(request: SignedInRequest) -> HttpResponse:
    """What all topics have led to, for the report."""
    policies.may_synthesize(request.user).enforce()
    return render(request, "moderation/follow_up_list.html", {"follow_ups": queries.follow_up_list(request.user)})


@require_http_methods(["GET", "POST"])
def follow_up_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what came of a topic."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user), pk=pk)
    policies.may_synthesize(request.user).enforce()
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record_follow_up(actor=request.user, topic=pk, **form.cleaned_data)
        messages.success(request, _("It is recorded, and shown below the synthesis."))
        return redirect(topic)
    context = {"topic": topic, "form": form}
    return render(request, "moderation/follow_up_create.html", context, status=422 if form.errors else 200)


@require_POST
def follow_up_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what was recorded by mistake."""
    try:
        topic = delete_follow_up(actor=request.user, follow_up=pk)
    except FollowUp.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("It is no longer recorded."))
    return redirect(topic)
