"""Every setting of the forum, read from the environment; ``docs/operating.md`` lists them."""

import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.languages import LANGUAGES  # noqa: F401 - a setting

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR", default="") or BASE_DIR / "var").resolve()  # make hands on an empty one
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(PUBLIC_URL).hostname or "localhost"]
)
SECURE = PUBLIC_URL.startswith("https://")


def _kept_secret(file: Path) -> str:
    """Return the key kept in ``file``, making one the first time."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret(VAR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- The parts ------------------------------------------------------------------------------------

# Reading A1: each can be switched off. What is switched off keeps its data, and has no address and no task.
FORUM = env.bool("FORUM", default=True)
WEBINARS = env.bool("WEBINARS", default=True)
if not FORUM and not WEBINARS:
    raise ImproperlyConfigured("Nothing is left where FORUM and WEBINARS are both switched off: switch one of them on.")
SWITCHED_OFF = frozenset([*(() if FORUM else ("forum", "moderation")), *(() if WEBINARS else ("webinars",))])

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "guardian",
    "csp",
    "django_htmx",
    "health_check",
    "accounts",
    "forum",
    "moderation",
    "webinars",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "django.middleware.common.CommonMiddleware",  # here, so that its redirects are kept by nobody either
    "accounts.middleware.MembersOnlyMiddleware",
    "forum.middleware.VisitMiddleware",
    "moderation.middleware.TrafficMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
MIDDLEWARE = [name for name in MIDDLEWARE if name.partition(".")[0] not in SWITCHED_OFF]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "config.templates.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
            ],
        },
    },
]

FORM_RENDERER = "config.forms.FormRenderer"

# --- PostgreSQL, the only home of truth -----------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if not DATABASE_URL:
    from config.embedded import start_postgresql

    DATABASE_URL = start_postgresql(VAR / "postgresql")
DATABASES = {
    "default": {
        **env.db_url_config(DATABASE_URL),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
# The hot queries are written with the few rows first, so PostgreSQL need not weigh every order of their joins:
# planning one page of a discussion takes 1 ms instead of 19.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c join_collapse_limit=4")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis, an accelerator ------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES: dict[str, dict[str, object]] = {
        "default": {
            "BACKEND": "config.cache.RedisOrHere",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "max_retries": 0,  # a post does not wait for a broker that is away: the sweep delivers
        "ack_emulation": False,  # nor does a worker try to give back wake-ups to it
    }
else:
    CACHES = {
        "default": {  # all processes count attempts together
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "forum_cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker"),
        "data_folder_out": str(VAR / "broker"),
        "control_folder": str(VAR / "broker-control"),
        "polling_interval": 0.2,  # seconds; a longer one also makes the worker slow to stop
    }
    for folder in ("broker", "broker-control"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)

# --- Work in the background: a message is only a wake-up, so losing one costs a minute ---------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "deliver-notices": {"task": "accounts.tasks.deliver_notices", "schedule": timedelta(minutes=1)},
    "keep-contacts": {"task": "accounts.tasks.keep_contacts", "schedule": timedelta(hours=6)},
    "seal-audit": {"task": "accounts.tasks.seal_audit", "schedule": timedelta(minutes=1)},
    "end-what-is-over": {"task": "accounts.tasks.end_what_is_over", "schedule": timedelta(minutes=10)},
    "tell-of-requests": {"task": "accounts.tasks.tell_of_requests", "schedule": timedelta(minutes=10)},
    "tell-of-endings": {"task": "accounts.tasks.tell_of_endings", "schedule": timedelta(hours=6)},
    "remind-of-protocol": {"task": "accounts.tasks.remind_of_protocol", "schedule": timedelta(hours=6)},
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": timedelta(days=1)},
    "prepare-archives": {"task": "accounts.tasks.prepare_archives", "schedule": timedelta(minutes=1)},
    "discard-personal-data": {"task": "accounts.tasks.discard_personal_data", "schedule": timedelta(days=1)},
    "write-digest": {"task": "forum.tasks.write_digest", "schedule": timedelta(hours=1)},
    "translate-posts": {"task": "forum.tasks.translate_posts", "schedule": timedelta(minutes=1)},
    "write-records": {"task": "forum.tasks.write_records", "schedule": timedelta(minutes=1)},
    "discard-records": {"task": "forum.tasks.discard_records", "schedule": timedelta(days=1)},
    "read-attachments": {"task": "forum.tasks.read_attachments", "schedule": timedelta(minutes=1)},
    "discard-attachments": {"task": "forum.tasks.discard_attachments", "schedule": timedelta(days=1)},
    "discard-clearances": {"task": "forum.tasks.discard_clearances", "schedule": timedelta(days=1)},
    "tell-of-unanswered": {"task": "forum.tasks.tell_of_unanswered", "schedule": timedelta(minutes=10)},
    "count-active-users": {"task": "moderation.tasks.count_active_users", "schedule": timedelta(hours=1)},
    "end-due-admissions": {"task": "moderation.tasks.end_due_admissions", "schedule": timedelta(minutes=1)},
    "remind-of-calls": {"task": "moderation.tasks.remind_of_calls", "schedule": timedelta(hours=6)},
    "follow-contracts": {"task": "moderation.tasks.follow_contracts", "schedule": timedelta(minutes=10)},
    "remind-registered": {"task": "webinars.tasks.remind_registered", "schedule": timedelta(minutes=1)},
    "make-meetings": {"task": "webinars.tasks.make_meetings", "schedule": timedelta(minutes=5)},
    "offer-places": {"task": "webinars.tasks.offer_places", "schedule": timedelta(minutes=5)},
    "discard-registrations": {"task": "webinars.tasks.discard_registrations", "schedule": timedelta(days=1)},
    "open-due-topics": {"task": "moderation.tasks.open_due_topics", "schedule": timedelta(seconds=10)},
    "warn-of-next-week": {"task": "moderation.tasks.warn_of_next_week", "schedule": timedelta(hours=1)},
    "follow-webinars": {"task": "webinars.tasks.follow_clock", "schedule": timedelta(minutes=1)},
    "remind-of-answers": {"task": "webinars.tasks.remind_of_answers", "schedule": timedelta(hours=6)},
    "tell-earlier": {"task": "webinars.tasks.tell_earlier", "schedule": timedelta(minutes=1)},
    "ask-experts": {"task": "webinars.tasks.ask_experts", "schedule": timedelta(hours=1)},
    "close-answers": {"task": "webinars.tasks.close_answers", "schedule": timedelta(minutes=1)},
    "remind-coordinators": {"task": "webinars.tasks.remind_coordinators", "schedule": timedelta(minutes=10)},
}
CELERY_BEAT_SCHEDULE = {
    name: entry
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if str(entry["task"]).partition(".")[0] not in SWITCHED_OFF
}

# --- Mail -----------------------------------------------------------------------------------------

vars().update(env.email_url_config(env.str("EMAIL_URL", default="smtp://127.0.0.1:1025")))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Technical Assistance Forum <forum@forum.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="") or urlsplit(PUBLIC_URL).hostname or "localhost"

# --- Who comes in ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.MemberBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name", "institution")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.GuessableValidator"},
]
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")  # a file of SHA-1 hashes in order, where there is one
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "forum:room_list" if FORUM else "webinars:programme"
FIRST_PAGE = "forum:this_week" if FORUM else "webinars:programme"  # of somebody who has just come in
LOGOUT_REDIRECT_URL = "forum:front_page"
ACCOUNT_LOGOUT_REDIRECT_URL = "forum:front_page"
ACCOUNT_ADAPTER = "accounts.adapter.ForumAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds since the last password, code or passkey, for what is sensitive
ACCOUNT_FORMS = {"reset_password": "accounts.factors.AskResetForm"}
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=True)  # of the roles in SECOND_FACTOR_ROLES
SECOND_FACTOR_ROLES = ("moderator", "secretariat", "facilitator")
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the Secretariat or were confirmed by it
MFA_TOTP_ISSUER = "Technical Assistance Forum"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a clock may be wrong
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}  # a whole mission signs in from one address
MFA_FORMS = {
    "authenticate": "accounts.factors.CodeForm",
    "reauthenticate": "accounts.factors.CodeAgainForm",
    "activate_totp": "accounts.factors.NewTotpForm",
    "authenticate_webauthn": "accounts.factors.PasskeyForm",
    "login_webauthn": "accounts.factors.PasskeyAloneForm",
    "reauthenticate_webauthn": "accounts.factors.PasskeyAgainForm",
}

# --- Organisational sign-on by OpenID Connect: it opens accounts that exist, and makes none -----------

OIDC_NAME = env.str("OIDC_NAME", default="")
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
SOCIALACCOUNT_ADAPTER = "accounts.adapter.OrganisationAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form's redirect to elsewhere would be refused by form-action
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": OIDC_NAME or OIDC_ISSUER,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER and OIDC_CLIENT_ID
        else [],
    }
}
ACCOUNT_RATE_LIMITS = {  # beside allauth's own; the key is the address
    "request_account": "20/h/ip,3/d/key",
    "login_failed": "10/m/ip,5/5m/key",  # how long to wait is in accounts/limits.py, for this and the next
    "ask_reset": "20/m/ip,5/h/key",
    "register": "30/h/ip,5/h/key",  # for a webinar
    "ask_question": "10/h/key",  # of a webinar's experts; the key is the registration, here and in the next
    "vote": "200/h/key",
    "check_certificate": "60/h/ip",
    "answer_circular": "60/h/ip,20/h/key",
    "upload": "100/h/user",  # files, whether or not they are taken: each is unpacked and checked
    "login": "",  # these two are counted by those above, which keep what was typed, and one address by any spelling
    "reset_password": "",
}
SESSION_ENGINE = "accounts.sessions"
SESSION_IDLE = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=14 * 24 * 60))  # without a page asked for
SESSION_LASTS = timedelta(hours=env.int("SESSION_HOURS", default=30 * 24))  # whatever is asked for
SHORT_SESSION_ROLES = ("moderator", "secretariat")
SHORT_SESSION_IDLE = timedelta(minutes=env.int("SHORT_SESSION_IDLE_MINUTES", default=60))
SHORT_SESSION_LASTS = timedelta(hours=env.int("SHORT_SESSION_HOURS", default=24))
SESSION_COOKIE_AGE = int(SESSION_IDLE.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
DEVICE_COOKIE_NAME = "__Host-device" if SECURE else "device"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)  # whose X-Forwarded-For counts for limits
CSRF_FAILURE_VIEW = "forum.views.posts.csrf_failure"

# --- Live streams: on this address, or on one of their own; {host} is the page's host ----------------

LIVE_URL = env.str("LIVE_URL", default="")
_live_hosts = [host for host in ALLOWED_HOSTS if not host.startswith("[")]  # a policy cannot name an IPv6 address
_live_sources = [LIVE_URL.replace("{host}", host) for host in _live_hosts] if LIVE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *dict.fromkeys(_live_sources)],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Languages and times --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh-hans")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh-hans")  # a participant’s topic has one
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Zurich"

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR / "files"
FILE_UPLOAD_HANDLERS = [
    "forum.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DEMO_MAILBOX = VAR / "mailbox"

# --- Numbers that the documents or the Secretariat may change ---------------------------------------

ADDRESS_CHANGE_LASTS = timedelta(days=2)  # until both addresses must have confirmed
ADDRESS_CHANGES_A_DAY = 3  # letters that one person can have sent to addresses of others
ARCHIVE_LASTS = timedelta(days=7)
ARCHIVE_PREPARATION = timedelta(days=1)  # how long preparing one is tried
RECORD_LASTS = timedelta(days=7)  # a discussion as a document
RECORD_PREPARATION = timedelta(hours=1)  # how long writing one is tried
TRANSLATION_TIMEOUT = 60  # seconds for a room's own machine to answer
TRANSLATION_PREPARATION = timedelta(hours=1)  # how long it is asked
LAST_LETTERS_KEPT = timedelta(days=7)  # addresses of those who have left, after the letter that tells them
ENDING_NOTICES = (30, 7)  # days before a mandate, a period or an admission ends
PROTOCOL_REMINDERS = (7, 21)  # days after a version came into force
CONTACT_CONFIRMED_FOR = timedelta(days=365)  # then an organisation is asked again whether its contact is right
CONTACT_CONFIRM_WITHIN = timedelta(days=60)  # else nothing more is sent to it
CONTACT_KEPT = timedelta(days=180)  # after it was asked in vain; then its entry is deleted
CIRCULAR_ANSWERS = timedelta(days=30)  # proposed for answers to what is sent to contacts
CIRCULAR_KEPT = timedelta(days=730)  # then what was answered is deleted
REQUESTS_TOLD_FROM = 8  # o'clock in Geneva, on working days: the Secretariat's letter about requests that wait
INVITATION_IS_OLD = timedelta(days=7)  # from when the desk shows that it is not taken up
POST_MAX_LENGTH = env.int("POST_MAX_LENGTH", default=20_000)  # characters
POSTS_PER_PAGE = 20
ATTACHMENT_BYTES = env.int("ATTACHMENT_MEGABYTES", default=25) * 1024 * 1024  # of one file
ATTACHMENTS_BYTES = env.int("ATTACHMENTS_MEGABYTES", default=50) * 1024 * 1024  # of all files of one post
ATTACHMENTS_PER_POST = env.int("ATTACHMENTS_PER_POST", default=10)
ATTACHMENTS_WAITING = 40  # files that one person may have in posts not published yet
ATTACHMENTS_WAIT = timedelta(days=30)  # for that, before they are discarded
CLEARANCES_KEPT = timedelta(days=90)  # after a colleague has decided, or the author has taken it back
VISIT_ENDS_AFTER = timedelta(hours=6)  # without a page; what comes after it is another visit
FIRST_VISIT_SHOWS = timedelta(days=30)  # what is new to somebody who was never here before
DIGEST_POSTS = 30  # most in one mail, the others are counted
FEED_POSTS = 30
OLD_ADDRESS_PREFIXES = env.list("OLD_ADDRESS_PREFIXES", default=[])  # of an older forum at this host, such as phpbb/
ENTRY_REVIEWED_EVERY = timedelta(days=365)  # an entry of the library; CDIP/11/4 recs 21 d), 35 d)
LIBRARY_EXPORT_ROWS = 5_000  # most entries in one file
# What is kept elsewhere, by the names of forum.enums.Resource. Source: reading A25.
LIBRARY_LINKS = env.dict(
    "LIBRARY_LINKS",
    default={
        "activities": "https://www.wipo.int/tad/en/",
        "consultants": "https://www.wipo.int/roc/en/",
        "matchmaking": "https://www.wipo.int/wipo-match/en/",
        "flexibilities": "https://www.wipo.int/ip-development/en/agenda/flexibilities/",
        "agenda": "https://www.wipo.int/ip-development/en/agenda/",
        "south_south": "https://www.wipo.int/cooperation/en/south_south/",
    },
)
CALL_REMINDER_DAYS = 2  # before the day by which somebody is asked to answer
SUGGESTION_UNDONE_FOR = timedelta(days=30)  # what was decided on a held post
SYNTHESIS_CORRECTED_FOR = timedelta(days=7)  # participants may ask for a correction
QUESTION_WAITS = timedelta(hours=48)  # for an answer, before the moderator and people with experience are told
QUESTION_TOLD_MOST = 20  # people with experience who are told of one question
CONTACT_WAITS = timedelta(minutes=2)  # "please contact me" can be taken back, before its letter goes
CONTACTS_A_DAY = 20  # that one person can ask for
MENTIONS_MOST = 20  # people and states that one post can name
CASE_IS_LATE = timedelta(days=3)  # a reported post on which nobody has decided
APPEAL_DAYS = 14  # for the author, against a decision about a post
SANCTION_MOST = timedelta(days=365)  # longest time without writing or without access
SUPERVISION_SHOWS = timedelta(days=30)
# Swiss francs. Source: OPS-04, CDIP/22/3 para 9.
COST_ONCE = {"technical": 41_518, "protocol": 16_000}
COST_EACH_YEAR = 120_736  # moderation and management in the core languages
COST_OF_LANGUAGE = 48_294  # a year, for each further one
ROOM_LANGUAGES = env.list("ROOM_LANGUAGES", default=["ar", "pt", "ru", "zh"])  # that one can ask for; FOR-06
SECRETARIAT_EMAIL = env.str("SECRETARIAT_EMAIL", default="secretariat@forum.example")  # to write to from outside
ADMISSION_NEEDS_FOCAL_POINT = env.bool("ADMISSION_NEEDS_FOCAL_POINT", default=True)  # reading A5
ADMISSION_NOTICE = timedelta(hours=env.int("ADMISSION_NOTICE_HOURS", default=0 if DEMO else 24))  # before one enters
ADMISSION_LASTS_MOST = timedelta(days=env.int("ADMISSION_DAYS", default=90))  # until an extension
DELETION_DUE = timedelta(days=env.int("DELETION_DAYS", default=14))  # a request to delete is decided by then
GUIDING_QUESTIONS = (3, 5)  # fewest and most in a weekly topic
WEBINAR_CALENDAR = {  # month and day that are offered for a cycle, in the year before it; CDIP/30/8 paras 7-10
    "answers_due_at": (10, 31),
    "decision_on": (11, 30),
    "publication_on": (12, 15),
}
WEBINAR_ANSWER_REMINDERS = (14, 7, 1)  # days before the deadline, to coordinators who have not handed in
# Minutes before the start or after the end of a webinar at which those registered are written to.
WEBINAR_REMINDERS = (("start", 7 * 24 * 60), ("start", 24 * 60), ("start", 60), ("end", 24 * 60))
WEBINAR_REMINDER_IS_LATE = timedelta(minutes=30)  # after its moment a reminder is missed, and says nothing any more
WEBINAR_OFFER_LASTS = timedelta(days=2)  # a place that has become free, for the next on the waiting list
WEBINAR_CONFIRM_WITHIN = timedelta(days=2)  # a registration that nobody confirms is forgotten
WEBINAR_REGISTRATIONS_KEPT = timedelta(days=365)  # after the webinar, before names and addresses go
WEBINAR_REGISTRATIONS_KEPT_FOR_LATER = timedelta(days=3 * 365)  # of those who want to hear of later ones
WEBINAR_ATTENDED_FROM = timedelta(minutes=5)  # in the meeting, from which somebody has come
WEBINAR_REJOIN_WITHIN = timedelta(minutes=10)  # pressing the join button again is the same stay
WEBINAR_MEETING_ATTEMPTS = 3  # at making a meeting, before somebody is to look
WEBINAR_MEETING_TIMEOUT = 10  # seconds for the meeting software to answer
WEBINAR_JOIN_OPENS_MINUTES = 15  # before the start: from when those entitled find the way in
WEBINAR_RUNS_OVER = timedelta(hours=1)  # that it may take longer than planned, before it counts as held by the clock
WEBINAR_ANSWERS_DUE = timedelta(days=14)  # after the end, for written answers to questions left open
WEBINAR_ANSWER_DUE_SOON = 3  # days before that, to remind who sees to one
WEBINAR_FEEDBACK_FROM = 5  # answers, from which participants' feedback is counted out
WEBINAR_CERTIFICATE_SHARE = 0.6  # of a webinar's length that has to be attended
WEBINAR_FEEDBACK_LASTS = timedelta(days=14)  # after the end of a webinar, before it can be complete
CORE_LANGUAGES = ("en", "fr", "es")  # CDIP/22/3 para 7
WEEKS_SHOWN = 13  # of the weekly plan on one page: this week and the next twelve
WEEKS_AT_ONCE = 13  # most that are planned from a template in one go
WEEK_WARNED_BEFORE = timedelta(days=4)  # its Monday: what it lacks is told on Thursday
HOLIDAY_OF_MANY = 25  # member states, from which the plan names an official holiday
NIGHT_HOURS = (22, 6)  # from when until when it is night in a capital
PROPOSAL_MAIL_BYTES = 30 * 1024 * 1024  # of a letter that proposes a topic, with what is attached to it
PROPOSAL_MAILS_A_DAY = 20  # of one person that are read and answered
SIMILAR_SHOWN = 5  # earlier topics, and proposals, beside the form of a new proposal
REPORT_LANGUAGES = ("en", "fr", "es")  # of figures for the Committee's documents; workflow 2.9
TOP_STATES = 5  # best represented, in the usage report; CDIP/25/5 para 8
ACTIVE_FOR = timedelta(days=90)  # after somebody was last here, that they count as active
SMALL_CELL = 5  # people; fewer are not counted out in what is published
LOW_USE_AFTER = timedelta(days=14)  # without a post in a room
EVALUATION_MONTHS = 6  # CDIP/24 report paras 20-21
EVALUATOR_STAYS = timedelta(days=90)  # after the period, to write the report
EVALUATION_POSTS = 50_000  # most in one export for an evaluator
EVALUATION_COUNTS_UP_TO = 20  # of one person in that export: who did more is not told apart
NOTICE_RETRIES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60)]

INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)  # that a personal link works
INVITATION_LIST_BYTES = 5 * 1024 * 1024  # a spreadsheet of people to invite
INVITATION_LIST_ROWS = 10_000

# --- The organisation's own meeting software (WEB-19); what is not set cannot be chosen ---------------

BIGBLUEBUTTON_URL = env.str("BIGBLUEBUTTON_URL", default="").rstrip("/")  # up to and with /bigbluebutton/api
BIGBLUEBUTTON_SECRET = env.str("BIGBLUEBUTTON_SECRET", default="")
ZOOM_ACCOUNT_ID = env.str("ZOOM_ACCOUNT_ID", default="")  # of a server-to-server app
ZOOM_CLIENT_ID = env.str("ZOOM_CLIENT_ID", default="")
ZOOM_CLIENT_SECRET = env.str("ZOOM_CLIENT_SECRET", default="")
ZOOM_API_URL = env.str("ZOOM_API_URL", default="https://api.zoom.us/v2").rstrip("/")
ZOOM_TOKEN_URL = env.str("ZOOM_TOKEN_URL", default="https://zoom.us/oauth/token")
ZOOM_WEBHOOK_SECRET = env.str("ZOOM_WEBHOOK_SECRET", default="")
JITSI_URL = env.str("JITSI_URL", default="").rstrip("/")  # of a server of one's own
JITSI_APP_ID = env.str("JITSI_APP_ID", default="")  # with a secret: who joins carries a token
JITSI_APP_SECRET = env.str("JITSI_APP_SECRET", default="")
STREAM_HOSTS = env.list("STREAM_HOSTS", default=[])  # whose pages may be embedded, such as https://stream.example

# --- What goes wrong: ids, never words (ACC-03) ------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"without_secrets": {"()": "config.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_secrets"]},
    },
    "loggers": {"django.request": {"level": "ERROR"}},  # a refusal is an answer, not a fault
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
