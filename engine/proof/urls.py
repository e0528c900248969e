"""Addresses of the transparency log, the served ones as C2SP tlog-tiles has them."""

from django.urls import path

from engine.proof import audit_views, views, witness_views

app_name = "proof"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("tile/<path:rest>", views.tile, name="tile"),
    path("print/", views.printed, name="print"),
    path("receipts/<str:name>/<str:code>/", views.receipt, name="receipt"),
    path("receipts/<str:name>/<str:code>/receipt.tlog-proof", views.receipt_file, name="receipt-file"),
    path("witnesses/", witness_views.witnesses, name="witnesses"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/verification/", audit_views.verify, name="verify"),
    path("audit/progress/", audit_views.progress, name="progress"),
]
