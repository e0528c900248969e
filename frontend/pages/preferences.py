"""Language, light or dark, text size: kept with the account, or in cookies before signing in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from frontend.kit.doors import PUBLIC, door
from frontend.kit.shell import APPEARANCES, TEXT_SIZES

YEAR_SECONDS = 365 * 24 * 3600
APPEARANCE_NAMES = (("", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))
TEXT_SIZE_NAMES = ((0, _("Normal")), (1, _("Large")), (2, _("Very large")))


@door(PUBLIC, methods=("GET", "POST"))
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep the choices; unknown values are ignored."""
    if request.method == "POST":
        return _keep(request)
    context = {
        "languages": settings.LANGUAGES,
        "appearances": APPEARANCE_NAMES,
        "text_sizes": TEXT_SIZE_NAMES,
        "next": request.headers.get("Referer", ""),
    }
    return render(request, "frontend/preferences.html", context)


def _keep(request: HttpRequest) -> HttpResponse:
    answer = redirect(_next(request))
    chosen: dict[str, str | int] = {}
    if (language := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        translation.activate(language)
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax")
        chosen["language"] = language
    if (appearance := request.POST.get("appearance")) in APPEARANCES and appearance is not None:
        answer.set_cookie("appearance", appearance, max_age=YEAR_SECONDS, samesite="Lax")
        chosen["appearance"] = appearance
    if (size := request.POST.get("text_size", "")) in {str(number) for number in TEXT_SIZES}:
        answer.set_cookie("text_size", size, max_age=YEAR_SECONDS, samesite="Lax")
        chosen["text_size"] = int(size)
    if chosen and request.user.is_authenticated:
        type(request.user)._default_manager.filter(pk=request.user.pk).update(**chosen)
    return answer


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours and "/preferences/" not in wanted else "/preferences/"
