"""Loading the sample at any hour, and only in a demonstration."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from forum.models import Post, Topic


@pytest.mark.parametrize("hours", [0, 1, 60, 167])
def test_the_sample_is_of_the_past_whatever_the_hour_of_the_week(db, time_machine, hours):
    time_machine.move_to(datetime(2026, 11, 22, 23, 0, 1, tzinfo=UTC) + timedelta(hours=hours), tick=False)

    call_command("load_sample", stdout=StringIO())

    assert Post.objects.filter(posted_at__gt=timezone.now()).count() == 0
    assert Topic.objects.filter(opens_at__lte=timezone.now(), closes_at__gt=timezone.now()).count() == 1


@pytest.mark.parametrize("command", ["demo_accounts", "load_sample"])
def test_outside_a_demonstration_there_is_no_sample(db, settings, command):
    settings.DEMO = False

    with pytest.raises(CommandError, match="Set DEMO=1"):
        call_command(command, stdout=StringIO())

    assert User.objects.count() == 0


def test_without_the_sample_no_account_is_listed(db):
    printed = StringIO()
    call_command("demo_accounts", "--json", stdout=printed)

    assert json.loads(printed.getvalue()) == []
