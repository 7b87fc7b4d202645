"""The levels of following as people choose them, each with what it brings."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forum.enums import FollowLevel


class LevelChoice(NamedTuple):
    """One level to choose; the value is empty where the room's level counts."""

    value: str
    label: str | Promise
    help: str | Promise


_EVERYTHING = LevelChoice(
    FollowLevel.EVERYTHING.value,
    FollowLevel.EVERYTHING.label,
    _("Every post comes by mail, at once or in the weekly digest, as your profile says."),
)
_TOPICS = LevelChoice(
    FollowLevel.TOPICS.value,
    FollowLevel.TOPICS.label,
    _("New topics and answers to your posts come by mail; the other posts only in the weekly digest."),
)
_QUIET = LevelChoice(
    FollowLevel.QUIET.value,
    FollowLevel.QUIET.label,
    _("You have mail only when somebody answers a post of yours."),
)
_MUTED = LevelChoice(
    FollowLevel.MUTED.value,
    FollowLevel.MUTED.label,
    _("No mail at all, and it is left out of “Since your last visit”. You can still read and write here."),
)
_AS_ROOM = LevelChoice("", pgettext_lazy("follow", "As in its room"), _("What you chose for the room counts here too."))

ROOM_LEVELS = (_EVERYTHING, _TOPICS, _QUIET, _MUTED)
DISCUSSION_LEVELS = (_AS_ROOM, _EVERYTHING, _QUIET, _MUTED)
