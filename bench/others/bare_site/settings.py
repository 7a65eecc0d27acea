"""Nothing but the database."""

from database import databases

DATABASES = databases()
SECRET_KEY = "bench"  # noqa: S105 nothing is signed
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["bare_site"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "bare_site.urls"
USE_TZ = True
