"""Addresses of processes."""

from django.urls import path

from engine.flows import views

app_name = "flows"
urlpatterns = [
    path("", views.analytics, name="analytics"),
    path("<int:pk>/where.svg", views.where, name="where"),
    path("<str:name>.svg", views.picture, name="picture"),
    path("<str:name>.bpmn", views.bpmn, name="bpmn"),
    path("<str:name>/", views.flow, name="flow"),
]
