"""One settings file: embedded by default, production by environment variables (docs/operations.md)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()
SECRET_KEY = env.secret_key()
DEBUG = env.boolean("DEBUG")
SITE_URL = env.site_url()
# Channels that carry notices out of the app; all off until they are named.
_mail = env.mail()
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _mail.uses_starttls, _mail.uses_tls, 10
DEFAULT_FROM_EMAIL = env.text("NOTICE_MAIL_FROM", "jinbang@localhost")
WECOM_WEBHOOK_URL = env.text("WECOM_WEBHOOK_URL")
DINGTALK_WEBHOOK_URL = env.text("DINGTALK_WEBHOOK_URL")
DINGTALK_SECRET = env.text("DINGTALK_SECRET")
# HR's system that hears of leave by itself; off until it is named.
_leave = env.leave_channel()
LEAVE_WEBHOOK_URL, LEAVE_WEBHOOK_SECRET = _leave.webhook_url, _leave.webhook_secret
WECOM_CORP_ID, WECOM_LEAVE_SECRET = _leave.wecom_corp, _leave.wecom_secret
WECOM_VACATION_ID, WECOM_API_URL = _leave.wecom_vacation, _leave.wecom_api
LOG_ORIGIN = env.text("LOG_ORIGIN")  # the transparency log's name for ever; derived from SITE_URL when unset
LOG_KEY_FILE = env.text("LOG_KEY_FILE") or str(env.data_dir() / "log_key")  # made once, mode 600
BADGE_KEY_FILE = env.text("BADGE_KEY_FILE") or str(env.data_dir() / "badge_key")  # made once, mode 600
BADGE_ISSUER = env.text("BADGE_ISSUER")  # the union's name in every badge
SEAL_KEY_FILE = env.text("SEAL_KEY_FILE") or str(env.data_dir() / "seal_key")  # made once, mode 600
FONT_FILE = env.text("FONT_FILE")  # for PDF; searched among the installed fonts when unset
_site = urlsplit(SITE_URL)

# SITE_URL alone derives hosts, origins and everything https needs.
# Embedded, any name under which the machine is reached on its network is accepted.
ALLOWED_HOSTS = [_site.hostname] if _site.hostname else ["*"]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
IS_HTTPS = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "config",
    "frontend",
    "contests",
    "rewards",
    "engine.flows",
    "engine.approvals",
    "engine.notices",
    "engine.live",
    "engine.proof",
    "engine.events",
    "people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "viewflow",
    "viewflow.workflow",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "django_linear_migrations",
    "axes",
    "rules.apps.AutodiscoverRulesConfig",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.kit.refusals.RefusalMiddleware",
    "frontend.kit.requests.RequestLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "engine" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "frontend.templatetags.kit",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.kit.shell.shell",
            ],
        },
    }
]

# Database, cache, bell ------------------------------------------------------------------------
DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis_url()
if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "jinbang"},
        }
    }
else:
    # Files, because the web process and the worker must see the same entries.
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
VIEWFLOW = {"AUTOREGISTER": False}  # its middleware serves pages this product does not use
SESSION_ENGINE = "django.contrib.sessions.backends.db"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "people.domain.sign_in.ActivationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", **options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"OPTIONS": {"user_attributes": ("number", "name")}}),
        ("MinimumLengthValidator", {"OPTIONS": {"min_length": 8}}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "frontend:home"
LOGOUT_REDIRECT_URL = "people:sign-in"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "people.views.sign_in.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS: list[str] = []

# Language, time -------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in ("frontend", "contests", "rewards", "engine", "people")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")

# Files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static"]
# viewflow ships 49 MB of assets for pages this product does not use.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "frontend.kit.assets.AppFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.is_test()
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or env.is_test()
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
EMBED_ORIGINS = env.text("EMBED_ORIGINS").split()  # sites that may show a board in a frame
SOURCE_URL = env.text("SOURCE_URL")  # where a modified copy offers its source (AGPL section 13)

# Content security: nothing inline, nothing from another origin --------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Logs: one JSON line per event on stderr, no bodies, no secrets --------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "frontend.kit.requests.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING" if env.is_test() else env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}},
}
