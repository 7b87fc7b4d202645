"""Input about what is followed."""

from django import forms

from forum.enums import FollowLevel
from forum.queries.levels import DISCUSSION_LEVELS, ROOM_LEVELS


class RoomLevelForm(forms.Form):
    """How much to hear of a room."""

    level = forms.TypedChoiceField(choices=[(level.value, level.label) for level in ROOM_LEVELS], coerce=FollowLevel)


class DiscussionLevelForm(forms.Form):
    """How much to hear of a discussion; nothing chosen is as much as of its room."""

    level = forms.TypedChoiceField(
        choices=[(level.value, level.label) for level in DISCUSSION_LEVELS],
        coerce=FollowLevel,
        empty_value=None,
        required=False,
    )
