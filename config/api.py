"""One API for tablets and other systems; each app's operations are mounted here."""

from ninja import NinjaAPI

api = NinjaAPI(title="Jinbang", version="1", urls_namespace="api")
