"""Pages on how webinars are made known: the Secretariat's plan, what states are asked to do, and saying stop."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.forms.promotion import CampaignForm, ReachForm, StepForm, TextsForm
from webinars.models import CampaignMail, PromotionTask, Webinar
from webinars.policies import promotion as policies
from webinars.policies.webinars import may_change_webinar, may_organize
from webinars.queries.promotion import promotion_page, ready_texts, tasks_for
from webinars.services import campaigns
from webinars.services import promotion as services


@require_GET
def promotion_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who makes a webinar known to whom, with the ready texts and what came of it."""
    return _plan(request, _webinar(request, pk))


def _webinar(request: SignedInRequest, pk: int) -> Webinar:
    may_organize(request.user).enforce()
    found: Webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    return found


def _plan(request: SignedInRequest, webinar: Webinar, **forms: BaseForm) -> HttpResponse:
    context = {
        "webinar": webinar,
        "page": promotion_page(webinar),
        "may_change": may_change_webinar(request.user, webinar),
        "may_tell": policies.may_tell_earlier(request.user, webinar),
        "step_form": StepForm(),
        "texts_form": TextsForm(instance=webinar),
        "campaign_form": CampaignForm(webinar=webinar),
        **forms,
    }
    return render(request, "webinars/promotion_plan.html", context, status=422 if forms else 200)


@require_POST
def promotion_step_create(request: SignedInRequest, pk: int) -> HttpResponse:
    webinar = _webinar(request, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _plan(request, webinar, step_form=form)
    services.add_step(actor=request.user, webinar=pk, values=form.cleaned_data)
    messages.success(request, _("The step is on the plan."))
    return redirect("webinars:promotion_plan", pk)


@require_POST
def promotion_step_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    may_organize(request.user).enforce()
    task = get_object_or_404(PromotionTask, pk=pk)
    services.drop_step(actor=request.user, task=pk)
    messages.success(request, _("The step is off the plan."))
    return redirect("webinars:promotion_plan", task.webinar_id)


@require_POST
def promotion_texts_save(request: SignedInRequest, pk: int) -> HttpResponse:
    webinar = _webinar(request, pk)
    form = TextsForm(request.POST, instance=webinar)
    if not form.is_valid():
        return _plan(request, webinar, texts_form=form)
    services.change_texts(actor=request.user, webinar=pk, texts=form.cleaned_data)
    messages.success(request, _("Kept."))
    return redirect("webinars:promotion_plan", pk)


@require_POST
def campaign_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell earlier participants of a webinar."""
    webinar = _webinar(request, pk)
    form = CampaignForm(request.POST, webinar=webinar)
    if form.is_valid():
        try:
            campaign = campaigns.start_campaign(actor=request.user, webinar=pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(count)d mails are on their way, each once.") % {"count": campaign.mails.count()}
            )
            return redirect("webinars:promotion_plan", pk)
    return _plan(request, webinar, campaign_form=form)


# --- Of member states ---------------------------------------------------------------------------------


@require_GET
def promotion_list(request: SignedInRequest) -> HttpResponse:
    """What one's own state is asked to do for webinars, with ready texts."""
    return _list(request)


def _list(request: SignedInRequest, refused: ReachForm | None = None) -> HttpResponse:
    policies.may_promote(request.user).enforce()
    tasks = list(tasks_for(request.user))
    texts = {webinar.pk: ready_texts(webinar) for webinar in {task.webinar for task in tasks}}
    rows = [
        (
            task,
            refused
            if refused is not None and refused.instance.pk == task.pk
            else ReachForm(instance=task, prefix=f"step-{task.pk}"),
            texts[task.webinar_id],
        )
        for task in tasks
    ]
    return render(request, "webinars/promotion_list.html", {"rows": rows}, status=422 if refused else 200)


@require_POST
def promotion_step_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a step is done, and whom it reached."""
    policies.may_promote(request.user).enforce()
    task = get_object_or_404(tasks_for(request.user), pk=pk)
    form = ReachForm(request.POST, instance=task, prefix=f"step-{pk}")
    if not form.is_valid():
        return _list(request, refused=form)
    services.report_step(actor=request.user, task=pk, **form.cleaned_data)
    messages.success(request, _("Thank you. This is kept with the webinar."))
    return redirect("webinars:promotion_list")


# --- Saying stop --------------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def later_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End mail about later webinars: by a mail client at one click (RFC 8058), or by a person on the page."""
    try:
        mail = campaigns.mail_of(token)
    except CampaignMail.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        campaigns.opt_out(mail)
    with translation.override(mail.registration.language):
        return render(request, "webinars/later_stop.html", {"done": request.method == "POST"})
