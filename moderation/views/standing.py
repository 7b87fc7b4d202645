"""What was decided about one's own posts, and what one can say to the Secretariat."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from forum.models import Post
from forum.policies import may_reword_hidden
from moderation.enums import Outcome
from moderation.forms.cases import AnswerForm, AppealForm, ComplaintForm, HiddenPostForm
from moderation.models import Appeal, Case, Complaint
from moderation.policies import cases as policies
from moderation.queries.cases import standing_of
from moderation.services import appeals
from moderation.services.case_letters import place_of
from moderation.services.cases import change_hidden_post

PER_PAGE = 20


@require_GET
def own_standing(request: SignedInRequest) -> HttpResponse:
    standing = standing_of(request.user)
    context = {
        "standing": standing,
        "cases": [
            (case, policies.may_appeal(request.user, case), may_reword_hidden(request.user, case.post))
            for case in standing.cases
        ],
        "sanctions": [(sanction, policies.is_in_force(sanction)) for sanction in standing.sanctions],
    }
    return render(request, "moderation/own_standing.html", context)


@require_http_methods(["GET", "POST"])
def appeal_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Appeal against what was decided about one's own post."""
    own = Case.objects.filter(post__author=request.user).select_related(
        "post__discussion__topic", "post__discussion__room"
    )
    case = get_object_or_404(own, pk=pk)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        policies.may_appeal(request.user, case).enforce()
    if form.is_valid():
        try:
            appeals.make_appeal(actor=request.user, case=pk, text=form.cleaned_data["text"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your appeal is with the Secretariat. You are told by mail what it answers."))
            return redirect("moderation:own_standing")
    context = {"case": case, "form": form, "ends_at": policies.appeal_ends(case) if case.decided_at else None}
    return render(request, "moderation/appeal_create.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def appeal_by_letter(request: HttpRequest, token: str) -> HttpResponse:
    """Appeal from the letter about the decision, for who is suspended and cannot sign in; for nobody who is signed in.

    Once the suspension is over, the link leads to the page that asks for the sign-in.
    """
    try:
        case = appeals.case_of(token)
    except Case.DoesNotExist:
        raise Http404 from None
    author = case.post.author
    assert author is not None
    if not policies.may_appeal_by_letter(author):
        return redirect("moderation:appeal_create", case.pk)
    if request.user.is_authenticated:
        raise Http404
    with translation.override(author.language), timezone.override(author.zone):
        return _answer_letter(request, case, author)


def _answer_letter(request: HttpRequest, case: Case, author: User) -> HttpResponse:
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            appeals.make_appeal(actor=author, case=case.pk, text=form.cleaned_data["text"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your appeal is with the Secretariat. You are told by mail what it answers."))
            return redirect(request.path)
    context = {
        "case": case,
        "place": place_of(case.post),
        "form": form,
        "may_appeal": policies.may_appeal(author, case),
        "ends_at": policies.appeal_ends(case),
    }
    response = render(request, "moderation/appeal_by_letter.html", context, status=422 if form.errors else 200)
    response.headers["Content-Language"] = author.language
    return response


@require_http_methods(["GET", "POST"])
def hidden_post_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change one's own post that is hidden until then."""
    held = Post.objects.held_for(request.user).filter(author=request.user, cases__outcome=Outcome.HIDDEN).distinct()
    post = get_object_or_404(held.select_related("discussion__topic", "discussion__room"), pk=pk)
    may_reword_hidden(request.user, post).enforce()
    form = HiddenPostForm(request.POST if request.method == "POST" else None, initial={"body": post.body})
    if form.is_valid():
        change_hidden_post(actor=request.user, post=pk, body=form.cleaned_data["body"])
        messages.success(request, _("Your new wording is kept. Who has hidden the post is told, and shows it again."))
        return redirect("moderation:own_standing")
    context = {"post": post, "form": form}
    return render(request, "moderation/hidden_post_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def complaint_create(request: SignedInRequest) -> HttpResponse:
    """Write to the Secretariat, and read what it has answered."""
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        appeals.complain(actor=request.user, text=form.cleaned_data["text"])
        messages.success(request, _("The Secretariat has your message. You are told by mail when it answers."))
        return redirect("moderation:complaint_create")
    own = Complaint.objects.filter(made_by=request.user).order_by("-made_at")
    context = {"form": form, "own": own}
    return render(request, "moderation/complaint_create.html", context, status=422 if form.errors else 200)


@require_GET
def appeal_list(request: SignedInRequest) -> HttpResponse:
    policies.may_decide_appeals(request.user).enforce()
    return _appeals(request)


@require_POST
def appeal_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_decide_appeals(request.user).enforce()
    get_object_or_404(Appeal.objects.visible_to(request.user), pk=pk)
    form = _answer_form(pk, request.POST)
    if form.is_valid():
        is_granted, answer = form.cleaned_data["decision"] == "grant", form.cleaned_data["answer"]
        try:
            appeals.decide_appeal(actor=request.user, appeal=pk, is_granted=is_granted, answer=answer)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The appeal is decided, and its author is told by mail."))
            return redirect("moderation:appeal_list")
    return _appeals(request, answered=pk, form=form)


def _appeals(request: SignedInRequest, answered: int = 0, form: AnswerForm | None = None) -> HttpResponse:
    """Show the appeals, those that wait first, with the form that was answered wrongly, if any."""
    place = ("post__discussion__topic", "post__discussion__room", "decided_by", "second_by")
    visible = Appeal.objects.visible_to(request.user).select_related("author", *(f"case__{name}" for name in place))
    found = visible.order_by(F("decided_at").desc(nulls_first=True), "made_at")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        (
            appeal,
            policies.may_decide_appeal(request.user, appeal),
            form if form and appeal.pk == answered else _answer_form(appeal.pk),
        )
        for appeal in page
    ]
    return render(request, "moderation/appeal_list.html", {"page": page, "rows": rows}, status=422 if form else 200)


@require_GET
def complaint_list(request: SignedInRequest) -> HttpResponse:
    policies.may_decide_appeals(request.user).enforce()
    return _complaints(request)


@require_POST
def complaint_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_decide_appeals(request.user).enforce()
    get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
    form = _answer_form(pk, request.POST)
    if form.is_valid():
        is_taken_up, answer = form.cleaned_data["decision"] == "grant", form.cleaned_data["answer"]
        try:
            appeals.answer_complaint(actor=request.user, complaint=pk, is_taken_up=is_taken_up, answer=answer)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your answer is on its way."))
            return redirect("moderation:complaint_list")
    return _complaints(request, answered=pk, form=form)


def _complaints(request: SignedInRequest, answered: int = 0, form: AnswerForm | None = None) -> HttpResponse:
    """Show the complaints likewise."""
    visible = Complaint.objects.visible_to(request.user).select_related("made_by__member_state", "answered_by")
    found = visible.order_by(F("answered_at").desc(nulls_first=True), "made_at")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        (
            complaint,
            policies.may_answer_complaint(request.user, complaint),
            form if form and complaint.pk == answered else _answer_form(complaint.pk),
        )
        for complaint in page
    ]
    return render(request, "moderation/complaint_list.html", {"page": page, "rows": rows}, status=422 if form else 200)


def _answer_form(pk: int, typed: QueryDict | None = None) -> AnswerForm:
    return AnswerForm(typed, auto_id=f"id_{pk}_%s")
