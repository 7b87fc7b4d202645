"""Posts in other languages, and sister discussions side by side."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.languages import language_name, spoken
from accounts.requests import SignedInRequest
from forum import policies
from forum.forms.translations import TranslationForm
from forum.models import Post, PostTranslation, Topic
from forum.queries.translations import (
    TranslationsPage,
    paragraph_count,
    side_by_side,
    stale_translations,
    translations_page,
)
from forum.services.translations import ask_machine, check_translation, translate_post
from forum.views.addresses import number_in


def _page_or_404(request: SignedInRequest, pk: int) -> TranslationsPage:
    try:
        return translations_page(request.user, pk)
    except Post.DoesNotExist:
        raise Http404 from None


def _known(language: str) -> str:
    if language not in settings.MODELTRANSLATION_LANGUAGES:
        raise Http404
    return language


@require_GET
def post_translations(request: SignedInRequest, pk: int) -> HttpResponse:
    """A post in all the languages there are."""
    return render(request, "forum/post_translations.html", {"page": _page_or_404(request, pk)})


@require_http_methods(["GET", "POST"])
def translation_edit(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    page = _page_or_404(request, pk)
    stored = next((row.translation for row in page.languages if row.code == _known(language)), None)
    if request.method == "GET":
        policies.may_translate(request.user, page.post).enforce()
    typed = request.POST.copy() if request.method == "POST" else None
    form = TranslationForm(typed, post=page.post, stored=stored)
    if form.is_valid():
        try:
            translate_post(actor=request.user, post=pk, language=language, **form.cleaned_data)
        except (PermissionDenied, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
            if typed is not None and stored:
                typed["replaces"] = stored.translated_at.isoformat()  # it has been shown now
        else:
            messages.success(request, _("The translation is saved."))
            if paragraph_count(form.cleaned_data["body"]) != paragraph_count(page.post.body):
                messages.warning(
                    request,
                    _("It has not as many paragraphs as the original, so citations by paragraph do not agree."),
                )
            return redirect("forum:post_translations", pk)
    context = {
        "page": page,
        "post": page.post,
        "form": form,
        "translation": stored,
        "code": language,
        "name": language_name(language, get_language() or "en"),
    }
    return render(request, "forum/translation_edit.html", context, status=422 if form.errors else 200)


@require_POST
def translation_check(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    try:
        check_translation(actor=request.user, post=pk, language=_known(language))
    except (Post.DoesNotExist, PostTranslation.DoesNotExist):
        raise Http404 from None
    messages.success(request, _("The translation is marked as checked."))
    return redirect("forum:post_translations", pk)


@require_POST
def translation_ask(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """Have the room's machine write a translation."""
    try:
        ask_machine(actor=request.user, post=pk, language=_known(language))
    except Post.DoesNotExist:
        raise Http404 from None
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The machine is asked. Look at this page again in a minute."))
    return redirect("forum:post_translations", pk)


@require_GET
def translation_list(request: SignedInRequest) -> HttpResponse:
    """The translations that are behind their original, for who can mend them."""
    return render(request, "forum/translation_list.html", {"translations": stale_translations(request.user)})


@require_GET
def topic_side_by_side(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    topic = get_object_or_404(Topic.objects.visible_to(request.user), year=year, number=number)
    rooms = [request.GET.get("left", spoken(request.user.language)), request.GET.get("right", "")]
    numbers = [number_in(request.GET.get(name)) or 1 for name in ("left_page", "right_page")]
    found = side_by_side(request.user, topic.pk, rooms, numbers)
    names = ("left", "right")
    here = {name: column.discussion.language for name, column in zip(names, found.columns, strict=False)}
    here |= {f"{name}_page": str(column.number) for name, column in zip(names, found.columns, strict=False)}
    sides = [
        {
            "name": name,
            "label": label,
            "column": column,
            "earlier": urlencode(here | {f"{name}_page": column.number - 1}) if column.number > 1 else "",
            "later": urlencode(here | {f"{name}_page": column.number + 1}) if column.number < column.pages else "",
        }
        for name, label, column in zip(names, (_("First room"), _("Second room")), found.columns, strict=False)
    ]
    context = {"topic": topic, "sisters": found.sisters, "sides": sides}
    return render(request, "forum/topic_side_by_side.html", context)
