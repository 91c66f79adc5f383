"""A greeting, and where the site believes to be."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello from django", content_type="text/plain")


def where(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.build_absolute_uri("/"), content_type="text/plain")


urlpatterns = [path("", hello), path("where", where)]
