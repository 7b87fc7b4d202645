"""Settings are read from the environment alone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
URL = "postgres://forum:secret@db.example:5433/forum"
ASK = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def environment(tmp_path: Path, **values: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    fixed = {"VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": URL}
    return {**kept, **fixed, **values}


def settings_with(tmp_path: Path, *names: str, **values: str) -> dict[str, object]:
    command = [sys.executable, "-W", "ignore", "-c", ASK, *names]
    asked = subprocess.run(
        command, cwd=BASE_DIR, env=environment(tmp_path, **values), capture_output=True, text=True, check=True
    )
    return json.loads(asked.stdout)


def manage(tmp_path: Path, *arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=environment(tmp_path, **values),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_url_names_the_server(tmp_path):
    database = settings_with(tmp_path, "DATABASES")["DATABASES"]["default"]

    wanted = {"NAME": "forum", "USER": "forum", "PASSWORD": "secret", "HOST": "db.example", "PORT": 5433}
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert {name: database[name] for name in wanted} == wanted
    assert not (tmp_path / "postgresql").exists()


def test_without_a_database_url_a_server_of_its_own_answers(tmp_path):
    asked = manage(tmp_path, "showmigrations", "accounts", DATABASE_URL="")

    assert (asked.returncode, asked.stderr) == (0, "")
    assert "[ ] 0001_initial" in asked.stdout
    assert (tmp_path / "postgresql" / "PG_VERSION").exists()
    assert not (tmp_path / "postgresql" / "postmaster.pid").exists()  # it ended with the command


def test_redis_is_broker_and_cache_where_it_is_named(tmp_path):
    found = settings_with(tmp_path, "CELERY_BROKER_URL", "CACHES", REDIS_URL="redis://127.0.0.1:6390/0")

    assert found["CELERY_BROKER_URL"] == "redis://127.0.0.1:6390/0"
    assert found["CACHES"]["default"]["BACKEND"] == "config.cache.RedisOrHere"


def test_without_redis_the_forum_makes_do_with_its_data_folder(tmp_path):
    found = settings_with(tmp_path, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", "CACHES")

    assert found["CELERY_BROKER_URL"].startswith("filesystem://")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"] == str(tmp_path / "broker")
    assert found["CACHES"]["default"]["BACKEND"].endswith("DatabaseCache")  # so all processes count attempts together


def test_an_email_url_names_the_relay(tmp_path):
    found = settings_with(
        tmp_path,
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_HOST_USER",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_USE_TLS",
        EMAIL_URL="smtp+tls://forum:pass%20word@relay.example:587",
    )

    assert found == {
        "EMAIL_HOST": "relay.example",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "forum",
        "EMAIL_HOST_PASSWORD": "pass word",
        "EMAIL_USE_TLS": True,
    }


def test_a_secret_key_is_made_once_and_kept_from_others(tmp_path):
    first = settings_with(tmp_path, "SECRET_KEY")
    second = settings_with(tmp_path, "SECRET_KEY")

    assert first == second
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_given_secret_key_is_not_written_down(tmp_path):
    assert settings_with(tmp_path, "SECRET_KEY", SECRET_KEY="given") == {"SECRET_KEY": "given"}
    assert not (tmp_path / "secret_key").exists()


def test_the_public_address_is_an_allowed_host(tmp_path):
    found = settings_with(tmp_path, "ALLOWED_HOSTS", "MAIL_DOMAIN", PUBLIC_URL="https://forum.example/")

    assert "forum.example" in found["ALLOWED_HOSTS"]
    assert found["MAIL_DOMAIN"] == "forum.example"


@pytest.mark.parametrize(("scheme", "prefix"), [("https", "__Host-"), ("http", "")])
def test_cookies_are_bound_to_the_host_over_https(tmp_path, scheme, prefix):
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"]

    found = settings_with(tmp_path, *names, PUBLIC_URL=f"{scheme}://forum.example", ALLOWED_HOSTS="forum.example")

    assert [found[name] for name in names] == [f"{prefix}{name}" for name in ("sessionid", "csrftoken", "device")]


def test_sign_on_by_an_organisation_comes_from_the_environment_alone(tmp_path):
    given = {
        "OIDC_NAME": "WIPO",
        "OIDC_ISSUER": "https://login.example/",
        "OIDC_CLIENT_ID": "a",
        "OIDC_CLIENT_SECRET": "b",
    }

    apps = settings_with(tmp_path, "SOCIALACCOUNT_PROVIDERS", **given)["SOCIALACCOUNT_PROVIDERS"]["openid_connect"][
        "APPS"
    ]
    none = settings_with(tmp_path, "SOCIALACCOUNT_PROVIDERS")["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]

    assert [(app["name"], app["client_id"], app["settings"]) for app in apps] == [
        ("WIPO", "a", {"server_url": "https://login.example"})
    ]
    assert none == []


def test_djangos_deployment_checks_are_clean_over_https(tmp_path):
    checked = manage(
        tmp_path, "check", "--deploy", "--fail-level", "WARNING", PUBLIC_URL="https://forum.example", SECRET_KEY=""
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(("demo", "found"), [("1", True), ("0", False), ("", False)])
def test_the_demonstrations_addresses_exist_only_there(tmp_path, demo, found):
    script = "from django.urls import resolve; print(resolve('/demo/mail/').view_name)"

    asked = manage(tmp_path, "shell", "--no-imports", "-c", script, DEMO=demo)

    assert ("demo:mail_list" in asked.stdout) is found
    assert ("Resolver404" in asked.stderr) is not found


@pytest.mark.parametrize("command", ["demo_accounts", "load_sample"])
def test_outside_a_demonstration_its_commands_say_so(tmp_path, command):
    asked = manage(tmp_path, command, DEMO="0")

    assert (asked.returncode, asked.stdout) == (1, "")
    assert "Set DEMO=1" in asked.stderr


def test_every_setting_read_from_the_environment_is_documented():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (BASE_DIR / "config" / "settings.py").read_text()))
    table = (BASE_DIR / "docs" / "operating.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    described = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))

    assert described == read
