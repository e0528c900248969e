"""Where each app's pages hang."""

from django.urls import include, path

from config.api import api
from contests.views.certificates import verify
from rewards.views.badge_files import did

handler404 = "config.api.page_not_found"
urlpatterns = [
    path("api/v1/", api.urls),
    path("people/", include("people.urls")),
    path("contests/", include("contests.urls")),
    path("verify/<str:token>/", verify, name="verify"),
    path(".well-known/did.json", did, name="did"),
    path("mall/", include("rewards.urls")),
    path("boards/", include("engine.live.urls")),
    path("log/", include("engine.proof.urls")),
    path("processes/", include("engine.flows.urls")),
    path("notices/", include("engine.notices.urls")),
    path("approvals/", include("engine.approvals.urls")),
    path("", include("frontend.pages.urls")),
]
