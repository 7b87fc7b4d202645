"""The demonstration's own pages; they exist nowhere else."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from demo import mailbox


@login_not_required
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mail_list.html", {"letters": mailbox.letters()})


@login_not_required
@require_GET
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    try:
        letter = mailbox.letter(key)
    except KeyError:
        raise Http404 from None
    html = mark_safe(letter.html)  # noqa: S308 - cleaned by nh3
    return render(request, "demo/mail_detail.html", {"letter": letter, "html": html})
