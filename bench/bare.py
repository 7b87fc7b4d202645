"""A Django project of one view, to measure beside: one indexed query for twenty rows, and joined strings."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup(set_prefix=False)
settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__
application = WSGIHandler()


def page(request: HttpRequest, discussion: int) -> HttpResponse:
    from forum.models import Post

    rows = Post.objects.filter(discussion=discussion, number__lte=20).order_by("number").values_list("number", "html")
    return HttpResponse("".join(f"<article><h2>{number}</h2>{html}</article>" for number, html in rows))


urlpatterns = [path("<int:discussion>/", page)]
