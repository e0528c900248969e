"""Sockets; embedded, also the pages (through WSGI in threads, so no middleware pays a thread hop)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter

from config.wsgi import application as pages

application = ProtocolTypeRouter({"http": WSGIMiddleware(pages, workers=16)})
