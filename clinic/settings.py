"""Every setting of the site, read from the environment and safe by default.

The table "Settings" of docs/operating.md documents each environment variable. `DEMO=1` is the only way to loosen
anything: it lets the site run over plain HTTP on one's own machine, with keys it makes for itself.
"""

import os
import re
import secrets
import sqlite3
import stat
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from common.crypto import digest_ring, key_ring

os.umask(0o077)  # whatever the site writes is its own user's alone: database, pictures, keys, backups
django_stubs_ext.monkeypatch()  # lets Django's generic classes name their model: ModelAdmin[Office]
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DEMO = env.bool("DEMO", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = False


def required(name: str, hint: str) -> str:
    """The environment variable `name`; stops the start with a sentence that says what to set."""
    value = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: {hint} (docs/operating.md, Settings)")
    return value


def secret(name: str, hint: str) -> str:
    """A secret from the environment. The demonstration makes its own once and keeps it in var/keys."""
    if not DEMO or env.str(name, default=""):
        value = required(name, hint)
    else:
        path = VAR_DIR / "keys" / name.lower()
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        value = path.read_text()
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} is too short: {hint} (docs/operating.md, Settings)")
    if len(set(value)) < 10 or re.search("insecure|change.?me|example|password", value, re.IGNORECASE):
        raise ImproperlyConfigured(f"{name} looks like a placeholder: {hint} (docs/operating.md, Settings)")
    return value


def on_this_machine(host: str) -> bool:
    """Whether a host, or a socket's path, is reached without any network."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def in_the_house(host: str) -> bool:
    """Whether only this machine or its neighbors know this name of a site."""
    if (
        on_this_machine(host)
        or "." not in host.strip(".")
        or host.endswith((".localhost", ".local", ".test", ".example"))
    ):
        return True
    with suppress(ValueError):
        return ip_address(host).is_private
    return False


def only_for_trying(name: str, real: str) -> None:
    """Stops a demonstration that something real was given to."""
    raise ImproperlyConfigured(
        f"DEMO=1 is for trying on one's own machine: no second factor, no HTTPS. {name} names {real}. "
        "Take DEMO away, or that (docs/operating.md, Settings)"
    )


# --- Keys: three, so that one can be changed or lost without the others ---
MAKE_A_KEY = "a long random text, made with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
SECRET_KEY = secret("SECRET_KEY", f"it signs sessions; {MAKE_A_KEY}")
FIELD_KEYS = secret(
    "FIELD_KEYS",
    f"it encrypts patients' details. One or more id:key, newest first, separated by commas; each key is {MAKE_A_KEY}",
)
key_ring(FIELD_KEYS)  # a bad ring stops the start, not the first patient
DIGEST_KEY = secret(
    "DIGEST_KEY",
    f"it keys the audit chain and the lookup digests. One or more id:key, as in FIELD_KEYS; each key is {MAKE_A_KEY}",
)
digest_ring(DIGEST_KEY)
field_keys, digest_keys = (
    {entry.rpartition(":")[2].strip() for entry in ring.split(",")} - {""} for ring in (FIELD_KEYS, DIGEST_KEY)
)
if SECRET_KEY in field_keys | digest_keys or digest_keys & field_keys:
    raise ImproperlyConfigured("SECRET_KEY, FIELD_KEYS and DIGEST_KEY must differ: one that leaks would open all")

# --- Where the site lives ---
PORT = env.int("PORT", default=8000)
HOST = env.str("HOST", default="127.0.0.1")
BASE_URL = env.str("BASE_URL", default=f"http://{HOST}:{PORT}" if DEMO else "").rstrip("/") or required(
    "BASE_URL", "the site's own address, like https://www.example.com"
)
if not DEMO and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must start with https://: patients' details never travel in clear")
if not DEMO and env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("Take DEBUG away: an error page never shows what patients wrote")
ALLOWED_HOSTS = list(dict.fromkeys([urlsplit(BASE_URL).hostname or "", *env.list("ALLOWED_HOSTS", default=[])]))
if DEMO:
    if known := [host for host in ALLOWED_HOSTS if not in_the_house(host)]:
        only_for_trying("BASE_URL or ALLOWED_HOSTS", known[0])
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
elif wild := [host for host in ALLOWED_HOSTS if "*" in host or host.startswith(".")]:
    raise ImproperlyConfigured(f"ALLOWED_HOSTS takes whole names, no wildcards like {wild[0]}")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", default=0)
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

# --- The practice ---
PRACTICE_NAME = env.str("PRACTICE_NAME", default="Garden State Foot & Ankle Group")
# The two lines of the logo; the first is what people call the practice.
PRACTICE_BRAND = env.str("PRACTICE_BRAND", default="Garden State|Foot & Ankle Group").split("|", 1)
REFERENCE_PREFIX = env.str("REFERENCE_PREFIX", default="GS")
DIRECTIONS_URL = env.str("DIRECTIONS_URL", default="https://www.google.com/maps/dir/?api=1&destination={address}")
EMERGENCY_NUMBER = env.str("EMERGENCY_NUMBER", default="911")

# --- Appointment requests; what the practice decides for itself is in the admin (PracticeSettings) ---
DRAFT_MINUTES = env.int("DRAFT_MINUTES", default=120)  # clock minutes after the last step
MOST_DRAFTS_PER_ADDRESS = env.int(
    "MOST_DRAFTS_PER_ADDRESS", default=100
)  # started in ten minutes, then none for a while
APPOINTMENT_SOURCES = "clinic.reasons.articles"  # which articles a patient may come from
APPOINTMENT_AREAS = "clinic.reasons.body_areas"  # what the form offers as the sore part of the foot
SITE_ANSWERS = "clinic.answers.answers"  # what the search finds about the practice itself
PAGE_OF_ROLE = "articles.public.site_pages.address_of"  # what tells where the site has a page for something
IDENTITY = "appointments.offices.identity.identity"  # what the admin says of these three
PRACTICE_STATES = "clinic.states.states"  # whose law the starter pages tell
REVIEWER_PEOPLE = "clinic.reviewers.people"  # what readers may be told of who reviews articles
SECOND_LOOK = "appointments.warning_signs.second_look.in_text"  # what reads a text for what cannot wait
URGENCY_ADVICE = "appointments.warning_signs.urgency_lines.differences"  # what tells where an article's lines differ
FASTEST_SECONDS = env.int("FASTEST_SECONDS", default=15)  # for all steps; who is faster is no person
MOST_SENT_PER_ADDRESS = env.int("MOST_SENT_PER_ADDRESS", default=10)  # in an hour; more look odd, none is refused
MOST_SENT_PER_PHONE = env.int("MOST_SENT_PER_PHONE", default=5)  # in a day
PROOF_TRIES = env.int("PROOF_TRIES", default=150)  # mean length of a proof of work; a second on a phone
SENT_PAGE_MINUTES = env.int("SENT_PAGE_MINUTES", default=120)  # how long the confirmation can be reopened
DRAFT_COOKIE = "request-draft" if DEMO else "__Host-request-draft"
MESSAGE_COOKIE = "sent-message" if DEMO else "__Host-sent-message"
OWN_PAGE_MINUTES = env.int("OWN_PAGE_MINUTES", default=30)  # how long a patient's own page stays unlocked
OWN_PAGE_COOKIE = "request-page" if DEMO else "__Host-request-page"

# --- The audit and the backups ---
PAGES_KEPT_DAYS = env.int("PAGES_KEPT_DAYS", default=3 * 365)  # what public pages showed; sister boards ask three years
AUDIT_YEARS = env.int("AUDIT_YEARS", default=6)
if AUDIT_YEARS < 6:
    raise ImproperlyConfigured("AUDIT_YEARS must be 6 or more: the database refuses to delete younger entries")
BACKUP_PUBLIC_KEYS = env.list("BACKUP_PUBLIC_KEYS", default=[])  # "age1...": the server can't open what it writes

# --- Articles ---
REVIEW_MONTHS = env.int("REVIEW_MONTHS", default=24)
PLAN_FRESH_DAYS = env.int("PLAN_FRESH_DAYS", default=90)  # since it was checked; then patients are told to ask
REVIEW_GRACE_DAYS = env.int("REVIEW_GRACE_DAYS", default=90)  # overdue for longer: readers are told

# --- What the project is made of ---
INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    "common",
    "articles",
    "appointments",
    "clinic.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's page of passkeys uses it
    "wagtail",
    "articles.apps.EditorsDeskConfig",  # wagtail.admin
    "wagtail.images",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.search",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
]
MIDDLEWARE = [
    "clinic.web.metrics.measure",
    "clinic.operations.request_numbers.request_number",
    "clinic.web.health.by_any_name",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.web.page_policy.page_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.web.write_guard.write_guard",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.accounts.known_browsers.remember",
    "clinic.accounts.sign_in_audit.refusals",
    "clinic.accounts.sessions.sign_off",
    "clinic.accounts.second_factor.second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.accounts.kept_forms.fill_in",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.site",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "clinic"
CRISPY_TEMPLATE_PACK = "clinic"
CRISPY_FAIL_SILENTLY = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    for end in ("", "-journal", "-wal", "-shm"):  # made before there was a umask
        with suppress(OSError):
            file = Path(f"{DATABASES['default']['NAME']}{end}")
            if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                file.chmod(0o600)
    # SQLite before 3.51.3 can corrupt a database in WAL mode, so those keep the rollback journal.
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "DELETE"
    DATABASES["default"]["OPTIONS"] = {
        # Without IMMEDIATE a transaction that reads, then writes, fails with "database is locked" under load.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL",
    }
else:
    options = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"] or "")  # a socket's path comes as %2Frun%2F...
    database_host = options.get("host") or DATABASES["default"]["HOST"]
    if DEMO and not on_this_machine(database_host):
        only_for_trying("DATABASE_URL", f"a database at {database_host}")
    if not on_this_machine(database_host) and options.get("sslmode") not in ("verify-full", "verify-ca"):
        raise ImproperlyConfigured(
            "DATABASE_URL names another machine, and patients' details never travel in clear or to a stranger: end it "
            "with ?sslmode=verify-full&sslrootcert=/path/to/its-ca.pem (docs/operating.md, PostgreSQL)"
        )
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Shared by all processes: allauth's limits on sign-in count in it. No patient data is ever cached.
# Room for many visitors: above its usual 300 entries Django drops some, and limits would be forgotten with them.
CACHES = {
    "default": {
        "BACKEND": "common.shared_cache.SharedCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # Wagtail looks up a picture's sizes here; in the database each would cost more than it saves.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# --- Signing in ---
AUTH_USER_MODEL = "common.User"
AUTHENTICATION_BACKENDS = ["clinic.accounts.rights.OneQueryBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "clinic.accounts.passwords.HardToGuess"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "clinic.accounts.adapters.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}  # wrong codes; of passwords, clinic/accounts/adapters.py
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # who has just signed in is not asked again before setting up a factor
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_HOPS
# Everyone who can reach a desk signs in with a second factor; the demonstration does without, and says so.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEMO)
if not (MFA_REQUIRED or DEMO):
    raise ImproperlyConfigured("Take MFA_REQUIRED away: only the demonstration does without a second factor")
MFA_ADAPTER = "clinic.accounts.second_factor_secrets.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a finger, a face or a PIN: a stolen key alone is no second factor
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
IDLE_MINUTES = env.int("IDLE_MINUTES", default=15)  # without use, then staff sign in again
SESSION_ENGINE = "clinic.accounts.session_store"
SESSION_HOURS = 12  # at most, whatever happens
KEPT_MINUTES = 30  # how long the text of a form that came too late is kept for its writer
KEPT_COOKIE = "kept" if DEMO else "__Host-kept"
KNOWN_BROWSER_COOKIE = "known-browser" if DEMO else "__Host-known-browser"

# --- The wire ---
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else env.int("HSTS_SECONDS", default=31_536_000)
# Asked for: at a practice's main name it shuts out whatever else of theirs (mail, portal) has no HTTPS, for a year.
HSTS_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HSTS_SUBDOMAINS and not DEMO
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # they ask for it
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
if TRUSTED_PROXY_HOPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_NAME = "session" if DEMO else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if DEMO else "__Host-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
CSRF_COOKIE_AGE = None  # until the browser is closed, as the privacy page says
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "clinic.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes; clinic/web/body_limit.py refuses more before Django reads it
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an article of usual length is 260 fields in the editor, and none may be lost
FILE_UPLOAD_HANDLERS = [
    "clinic.web.body_limit.FilesAtTheEditorsDesk",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Only the editors' desk: Wagtail's choosers need inline script and style.
CMS_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-ancestors": [SELF],
}

# --- E-mail: written to var/mail in the demonstration ---
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
if not DEMO or env.str("EMAIL_URL", default=""):
    required("EMAIL_URL", "the mail server, like smtp+tls://user:password@mail.example.com:587")
    mail_server = env.email_url("EMAIL_URL")
    vars().update(mail_server)
    if not DEMO:
        if not mail_server["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
            raise ImproperlyConfigured("EMAIL_URL must name a mail server: otherwise no office hears of a request")
        in_clear = not (mail_server.get("EMAIL_USE_TLS") or mail_server.get("EMAIL_USE_SSL"))
        if in_clear and not on_this_machine(mail_server["EMAIL_HOST"] or ""):
            raise ImproperlyConfigured("EMAIL_URL must be smtp+tls:// or smtp+ssl:// to a mail server elsewhere")
    elif not on_this_machine(mail_server.get("EMAIL_HOST") or ""):
        only_for_trying("EMAIL_URL", f"the mail server {mail_server['EMAIL_HOST']}")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)  # seconds, for each step of handing a mail over
# Between the tries of a mail; after the last of them, the same again and again.
MAIL_WAIT_MINUTES = env.list("MAIL_WAIT_MINUTES", cast=float, default=[1, 2, 5, 15, 30, 60])
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="office@localhost" if DEMO else "") or required(
    "FROM_EMAIL", "the address that mails come from"
)
REPLY_TO = env.list("REPLY_TO", default=[])  # where patients' answers go; without one they are asked not to answer

# --- Languages and times ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/New_York")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured("TIME_ZONE is no time zone's name, like America/New_York (docs/operating.md, Settings)")

# --- The web server ---
WEB_THREADS = env.int("GRANIAN_BLOCKING_THREADS", default=16)  # in each of its processes; granian reads it, too
WEB_BUSY_SECONDS = 5  # how long a page waits for SQLite's lock; the worker and commands wait as DATABASES says

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
IMPORTS_ROOT = VAR_DIR / "imports"  # what is being moved in; never served
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinic.web.static_files.OneSheet"},
}

# --- The editors' desk ---
WAGTAIL_SITE_NAME = PRACTICE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses are plain letters; the page fills them in as the model would
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]  # HEIC is kept as JPEG
WAGTAILIMAGES_IMAGE_FORM_BASE = "articles.desk.pictures.PictureForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000  # a larger one takes 200 MB to be worked on
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one clock for all; browsers know not all of the names that Python knows

# --- Who hears of trouble ---
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")
OPERATOR_WEBHOOK = env.str("OPERATOR_WEBHOOK", default="")
if OPERATOR_WEBHOOK and not DEMO and not OPERATOR_WEBHOOK.startswith("https://"):
    raise ImproperlyConfigured("OPERATOR_WEBHOOK must start with https:// (docs/operating.md, Settings)")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN is too short: 20 letters or more (docs/operating.md, Settings)")
UNREAD_DAYS = env.int("UNREAD_DAYS", default=2)  # open days without an opened notice; appointments/mail/unread.py
REHEARSAL = env.bool("REHEARSAL", default=not DEMO)  # clinic/operations/rehearsal.py
REHEARSAL_EMAIL = env.str("REHEARSAL_EMAIL", default="") or OPERATOR_EMAIL or DEFAULT_FROM_EMAIL
REHEARSAL_URL = env.str("REHEARSAL_URL", default=BASE_URL).rstrip("/")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured("SECURITY_CONTACT must start with mailto: or https:// (docs/operating.md, Settings)")

# --- Logs: to standard error, words of the code and never a value (clinic/operations/log_lines.py) ---
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEMO else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "clinic.operations.log_lines.JSONLines"},
        "line": {"()": "clinic.operations.log_lines.Lines"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "operator": {"class": "clinic.operations.operator_notes.OperatorHandler", "level": "ERROR"},
    },
    "root": {"handlers": ["stderr", "operator"], "level": "INFO"},
    "loggers": {
        "wagtail": {"level": "WARNING"},
        "django": {"level": "INFO", "handlers": []},  # without Django's own mails, which show values
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},  # strangers' nonsense; the sign-in has its own audit
        "django_tasks": {"level": "WARNING"},
    },
}
