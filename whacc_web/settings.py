"""Django's settings, from environment variables that all have a default.

The import starts nothing. Without DATABASE_URL the settings name the embedded
database, which manage.py, the launcher and the tests start.
"""

import os

from csp.constants import NONE, SELF

from whacc_web.entry import BASE_DIR, var_root
from whacc_web.environment.database_url import database_from_url
from whacc_web.environment.secret_key import secret_key_from
from whacc_web.environment.variables import (
    env_bool,
    env_int,
    env_list,
    env_path,
    env_str,
)
from whacc_web.postgres.embedded import embedded_url

VAR_ROOT = var_root()
WHACC_DATA_ROOT = env_path("WHACC_DATA_ROOT", VAR_ROOT / "data")
WHACC_MODELS_ROOT = env_path("WHACC_MODELS_ROOT", VAR_ROOT / "models")
WHACC_CACHE_ROOT = env_path("WHACC_CACHE_ROOT", VAR_ROOT / "cache")
WHACC_DEMO_LOGINS = VAR_ROOT / "demo-logins.txt"

DEBUG = env_bool("WHACC_DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key_from(VAR_ROOT / "secret-key")
# The launcher sends its health checks to 127.0.0.1.
ALLOWED_HOSTS = ["127.0.0.1", *env_list("WHACC_ALLOWED_HOSTS", "localhost,[::1]")]

INSTALLED_APPS = [
    "labeling",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "csp",
]
MIDDLEWARE = [
    "whacc_web.serving.security_policy.SecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "whacc_web.serving.session_cookie.StableCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Views require a login unless they are marked with login_not_required.
    "labeling.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "labeling.middleware.LabelingErrorMiddleware",
]
ROOT_URLCONF = "whacc_web.urls"
WSGI_APPLICATION = "whacc_web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": database_from_url(env_str("DATABASE_URL", embedded_url(VAR_ROOT / "pg")))
}
# In the web server, requests wait while PostgreSQL restarts. With one connection for
# each thread they fail until it is back: of about 10,000 requests during one restart,
# 427 to 1,397 failed without the pool and 0 to 5 with it.
# Other processes have no request that returns connections to a pool.
if env_bool("WHACC_DATABASE_POOL", default=False):
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": 8,
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

AUTH_USER_MODEL = "labeling.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# All ports of 127.0.0.1 share their cookies, so ours have the product's name.
SESSION_COOKIE_NAME = "whacc_session"
CSRF_COOKIE_NAME = "whacc_csrf"
# Scripts read the token from the page (base.html), never from the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env_list("WHACC_TRUSTED_ORIGINS", "")
X_FRAME_OPTIONS = "DENY"
# Pages load and run only what this server sends as a file: no inline code.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

WHACC_HTTPS = env_bool("WHACC_HTTPS", default=False)
if WHACC_HTTPS:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    # The launcher requests this page over plain HTTP, on this machine.
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# HSTS for subdomains and its preload list: only the lab can decide on those.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Notifications at the end of a job; none are sent without these.
WHACC_WEBHOOK_URL = env_str("WHACC_WEBHOOK_URL", "")
WHACC_EMAIL_FROM = env_str("WHACC_EMAIL_FROM", "")
EMAIL_HOST = env_str("WHACC_EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("WHACC_EMAIL_PORT", 25, at_least=1, at_most=65535)
EMAIL_HOST_USER = env_str("WHACC_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env_str("WHACC_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("WHACC_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_ROOT / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Tests serve the files directly from static/, without collecting them first.
WHACC_HASHED_STATIC = env_bool("WHACC_HASHED_STATIC", default=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whacc_web.serving.staticfiles.HashedStaticFilesStorage"
        if WHACC_HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or not WHACC_HASHED_STATIC

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["screen"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["screen"], "level": "WARNING", "propagate": False},
        "labeling": {"level": "INFO"},
        # At INFO it logs every task on every command.
        "procrastinate": {"level": "WARNING"},
    },
}
