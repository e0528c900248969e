"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, path

from engine.approvals import due_views, panel_views, policy_views, views

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("bulk/", views.bulk, name="bulk"),
    path("hand-over/", due_views.hand_over, name="hand-over"),
    path("deadlines/", due_views.due, name="due"),
    path("views/", views.save_view, name="save-view"),
    path("views/<int:pk>/forget/", views.forget_view, name="forget-view"),
    path("policies/", policy_views.index, name="policies"),
    path("policies/step-words/", policy_views.step_words, name="policy-step-words"),
    path("policies/<str:name>/", policy_views.policy, name="policy"),
    path("policies/<str:name>/edit/", policy_views.edit, name="policy-edit"),
    path("policies/<str:name>/move/", policy_views.move, name="policy-move"),
    path("panels/", panel_views.index, name="panels"),
    path("panels/draw/", panel_views.create, name="panel-draw"),
    path("panels/<str:name>/", panel_views.panel, name="panel"),
    path("panels/<str:name>/draw/", panel_views.redraw, name="panel-redraw"),
    path("people/", views.people, name="people"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/record.pdf", views.record, name="record"),
    path("<int:pk>/files/<uuid:key>/", views.attachment, name="attachment"),
    path("<int:pk>/act/", views.decide, name="decide"),
    path("<int:pk>/return-preview/", views.preview_return, name="return-preview"),
]
