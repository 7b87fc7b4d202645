"""The Secretariat's pages about single webinars and about series."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.enums import WebinarState
from webinars.forms.materials import MaterialForm
from webinars.forms.webinars import ExpertForm, ExploredForm, PutOffForm, SeriesForm, WebinarForm
from webinars.models import Engagement, Material, Series, Webinar
from webinars.policies import webinars as policies
from webinars.queries.manage import manage_page, webinar_rows
from webinars.queries.pages import learning_path
from webinars.services import experts, materials, series
from webinars.services import webinars as services


@require_GET
def webinar_list(request: SignedInRequest) -> HttpResponse:
    """All webinars, with what each one needs next."""
    policies.may_organize(request.user).enforce()
    return render(request, "webinars/webinar_list.html", {"rows": webinar_rows(request.user)})


@require_http_methods(["GET", "POST"])
def webinar_create(request: SignedInRequest) -> HttpResponse:
    policies.may_organize(request.user).enforce()
    form = WebinarForm(_posted(request), initial=_copied(request))
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            webinar = services.create_webinar(
                actor=request.user,
                values=values,
                regions=form.cleaned_data["regions"],
                builds_on=form.cleaned_data["builds_on"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The webinar is planned."))
            return redirect("webinars:webinar_manage", webinar.pk)
    return render(request, "webinars/webinar_edit.html", {"form": form}, status=422 if form.errors else 200)


def _posted(request: SignedInRequest) -> QueryDict | None:
    """Return what was sent, be it nothing; None where the form is only looked at."""
    return request.POST if request.method == "POST" else None


def _copied(request: SignedInRequest) -> dict[str, Any]:
    """Return the texts of the webinar that ``?repeats=`` names, for another delivery of it."""
    asked = request.GET.get("repeats", "")
    found = Webinar.objects.visible_to(request.user).filter(pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        return {}
    form = WebinarForm(instance=found)
    alike = {name: value for name, value in form.initial.items() if name not in {"starts_at", "ends_at", "languages"}}
    return {**alike, "repeats": found.repeats_id or found.pk, "cycle": found.cycle_id, "seen": ""}


@require_GET
def webinar_manage(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far one webinar has come, and what there is to do."""
    return _manage(request, _webinar(request, pk))


def _webinar(request: SignedInRequest, pk: int) -> Webinar:
    policies.may_organize(request.user).enforce()
    found: Webinar = get_object_or_404(
        Webinar.objects.visible_to(request.user).select_related("cycle", "series", "owner"), pk=pk
    )
    return found


def _manage(request: SignedInRequest, webinar: Webinar, **forms: BaseForm) -> HttpResponse:
    context = {
        "webinar": webinar,
        "page": manage_page(webinar, request.user),
        "expert_form": ExpertForm(initial={"language": webinar.languages[0]}),
        "material_form": MaterialForm(initial={"language": webinar.languages[0]}),
        "put_off_form": PutOffForm(),
        **forms,
    }
    return render(request, "webinars/webinar_manage.html", context, status=422 if forms else 200)


@require_http_methods(["GET", "POST"])
def webinar_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    webinar = _webinar(request, pk)
    form = WebinarForm(_posted(request), instance=webinar)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_webinar(
                actor=request.user,
                webinar=pk,
                values=form.values(),
                regions=form.cleaned_data["regions"],
                builds_on=form.cleaned_data["builds_on"],
                seen=_moment(form.cleaned_data["seen"]),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The webinar is changed."))
            return redirect("webinars:webinar_manage", pk)
    context = {"form": form, "webinar": webinar}
    return render(request, "webinars/webinar_edit.html", context, status=422 if form.errors else 200)


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


@require_POST
def webinar_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the next step of a webinar."""
    webinar = _webinar(request, pk)
    to = request.POST.get("to", "")
    if to not in WebinarState.values:
        return redirect("webinars:webinar_manage", pk)

    def move() -> None:
        services.move_on(actor=request.user, webinar=webinar.pk, to=WebinarState(to))

    return _done(request, pk, move, _("This webinar has gone on."))


@require_POST
def webinar_put_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Postpone or cancel a webinar."""
    webinar = _webinar(request, pk)
    form = PutOffForm(request.POST)
    to = WebinarState.CANCELLED if request.POST.get("to") == WebinarState.CANCELLED else WebinarState.POSTPONED
    if not form.is_valid():
        return _manage(request, webinar, put_off_form=form)
    try:
        services.put_off(actor=request.user, webinar=pk, to=to, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return _manage(request, webinar, put_off_form=form)
    messages.success(request, _("Done. The page says so, with your reason."))
    return redirect("webinars:webinar_manage", pk)


def _done(request: SignedInRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, said)
    return redirect("webinars:webinar_manage", pk)


# --- Experts ----------------------------------------------------------------------------------------


@require_POST
def expert_create(request: SignedInRequest, pk: int) -> HttpResponse:
    webinar = _webinar(request, pk)
    form = ExpertForm(request.POST)
    if not form.is_valid():
        return _manage(request, webinar, expert_form=form)
    experts.add_expert(actor=request.user, webinar=pk, values=form.cleaned_data)
    messages.success(request, _("The expert is added."))
    return redirect("webinars:webinar_manage", pk)


@require_http_methods(["GET", "POST"])
def expert_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change, ask, or remove an expert, as the button says."""
    policies.may_organize(request.user).enforce()
    expert = get_object_or_404(Engagement.objects.select_related("webinar"), pk=pk)
    back_to, action = expert.webinar_id, request.POST.get("action")
    if action == "remove":
        return _done(
            request,
            back_to,
            lambda: experts.remove_expert(actor=request.user, expert=pk),
            _("The expert is removed."),
        )
    if action == "ask":
        return _done(
            request,
            back_to,
            lambda: experts.ask_consent(actor=request.user, expert=pk),
            _("The expert is asked by mail about the recording."),
        )
    form = ExpertForm(_posted(request), instance=expert)
    if request.method == "POST" and form.is_valid():
        experts.change_expert(actor=request.user, expert=pk, values=form.cleaned_data)
        messages.success(request, _("The expert is changed."))
        return redirect("webinars:webinar_manage", back_to)
    context = {"form": form, "expert": expert, "webinar": expert.webinar}
    return render(request, "webinars/expert_edit.html", context, status=422 if form.errors else 200)


# --- Materials --------------------------------------------------------------------------------------


@require_POST
def material_create(request: SignedInRequest, pk: int) -> HttpResponse:
    webinar = _webinar(request, pk)
    form = MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            materials.add_material(actor=request.user, webinar=pk, values=form.values(), upload=form.upload)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("It is received. Check it, then publish it."))
            return redirect("webinars:webinar_manage", pk)
    return _manage(request, webinar, material_form=form)


@require_POST
def material_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check, publish or withdraw a material, as the button says."""
    policies.may_organize(request.user).enforce()
    material = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)

    def step() -> None:
        match request.POST.get("action"):
            case "publish":
                materials.publish_material(actor=request.user, material=pk)
            case "withdraw":
                materials.withdraw_material(actor=request.user, material=pk)
            case _:
                materials.check_material(
                    actor=request.user,
                    material=pk,
                    rights="rights" in request.POST,
                    accessibility="accessibility" in request.POST,
                )

    return _done(request, material.webinar_id, step, _("Kept."))


# --- Series -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def series_create(request: SignedInRequest) -> HttpResponse:
    policies.may_organize(request.user).enforce()
    form = SeriesForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        found = series.create_series(actor=request.user, values=form.cleaned_data)
        messages.success(request, _("The series is begun. Give its webinars their place in it."))
        return redirect("webinars:series_manage", found.pk)
    return render(request, "webinars/series_edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def series_manage(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the texts of a series, close it or open it again, as the button says."""
    policies.may_organize(request.user).enforce()
    found = get_object_or_404(Series.objects.visible_to(request.user), pk=pk)
    action = request.POST.get("action", "")
    form = SeriesForm(request.POST if action == "save" else None, instance=found)
    explored = ExploredForm(request.POST if action == "close" else None)
    if action == "save" and form.is_valid():
        series.change_series(actor=request.user, series=pk, values=form.cleaned_data)
    elif action == "close" and explored.is_valid():
        series.close_series(actor=request.user, series=pk, reason=explored.cleaned_data["reason"])
    elif action == "open":
        series.reopen_series(actor=request.user, series=pk)
    elif action:
        return _series(request, found, form, explored, status=422)
    if action:
        messages.success(request, _("Kept."))
        return redirect("webinars:series_manage", pk)
    return _series(request, found, form, explored)


def _series(
    request: SignedInRequest, found: Series, form: SeriesForm, explored: ExploredForm, status: int = 200
) -> HttpResponse:
    context = {"series": found, "form": form, "explored": explored, "path": learning_path(found, request.user)}
    return render(request, "webinars/series_edit.html", context, status=status)
