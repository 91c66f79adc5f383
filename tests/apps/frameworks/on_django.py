"""A small site of Django in one file, for servers of WSGI and of ASGI."""

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="only for tests")


def hello(_request):
    return HttpResponse("hello", content_type="text/plain")


def item(_request, number):
    return HttpResponse(f"item {number}", content_type="text/plain")


urlpatterns = [path("", hello), path("items/<int:number>", item)]
django.setup()
wsgi, asgi = WSGIHandler(), ASGIHandler()
