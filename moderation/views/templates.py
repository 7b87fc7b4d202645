"""Templates of topics, and weeks planned from them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from moderation.forms.templates import PlanWeeksForm, TopicTemplateForm
from moderation.models import TopicTemplate
from moderation.policies import weekly as policies
from moderation.queries.weekly import missing_languages, weekly_languages
from moderation.services.templates import keep_template, last_planned, plan_weeks, retire_template, take_back_weeks


@require_GET
def topic_template_list(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    languages = [language.code for language in weekly_languages()]
    templates = TopicTemplate.objects.select_related("category", "step")
    rows = [(template, missing_languages(template, languages)) for template in templates]
    return render(request, "moderation/topic_template_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def topic_template_create(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    return _edit(request, TopicTemplate())


@require_http_methods(["GET", "POST"])
def topic_template_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    return _edit(request, get_object_or_404(TopicTemplate, pk=pk))


def _edit(request: SignedInRequest, template: TopicTemplate) -> HttpResponse:
    form = TopicTemplateForm(
        request.POST if request.method == "POST" else None, instance=template, languages=weekly_languages()
    )
    if request.method == "POST" and form.is_valid():
        saved = keep_template(actor=request.user, template=form.save(commit=False))
        messages.success(request, _("The template is saved."))
        return redirect("moderation:topic_template_plan", saved.pk)
    context = {"form": form, "template": template}
    return render(request, "moderation/topic_template_edit.html", context, status=422 if form.errors else 200)


@require_POST
def topic_template_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a template away, or take it up again, as the pressed button says."""
    policies.may_prepare_topics(request.user).enforce()
    retired = "undo" not in request.POST
    try:
        retire_template(actor=request.user, template=pk, retired=retired)
    except TopicTemplate.DoesNotExist:
        raise Http404 from None
    said = _("The template is put away. You can take it up again.") if retired else _("The template is back.")
    messages.success(request, said)
    return redirect("moderation:topic_template_list")


@require_http_methods(["GET", "POST"])
def topic_template_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan several weeks from a template, or take back those that were planned last."""
    policies.may_prepare_topics(request.user).enforce()
    template = get_object_or_404(TopicTemplate, pk=pk, retired_at=None)
    if "undo" in request.POST:
        count = take_back_weeks(actor=request.user, template=pk)
        taken = ngettext("%(count)d topic is off the plan.", "%(count)d topics are off the plan.", count)
        messages.success(request, taken % {"count": count})
        return redirect("moderation:topic_template_plan", pk)
    form = PlanWeeksForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_weeks(actor=request.user, template=pk, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _tell_of_weeks(request, len(made), form.cleaned_data["weeks"])
            return redirect("moderation:weekly_topic_list")
    context = {
        "template": template,
        "form": form,
        "missing": missing_languages(template),
        "planned": last_planned(template),
    }
    return render(request, "moderation/topic_template_plan.html", context, status=422 if form.errors else 200)


def _tell_of_weeks(request: SignedInRequest, made: int, asked: int) -> None:
    planned = ngettext("%(count)d week has a topic now.", "%(count)d weeks have a topic now.", made) % {"count": made}
    messages.success(request, planned)
    if made < asked:
        left = ngettext(
            "%(count)d week had a topic already and is as it was.",
            "%(count)d weeks had a topic already and are as they were.",
            asked - made,
        )
        messages.info(request, left % {"count": asked - made})
