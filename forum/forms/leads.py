"""Which delegation is to lead for a group."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import MemberState, RegionalGroup


class DelegationField(forms.ModelChoiceField):
    """A choice of states; of those of which nobody takes part it says so."""

    def label_from_instance(self, obj: MemberState) -> str:
        if obj.has_delegate:  # type: ignore[attr-defined]  # added by ``lead_page``
            return obj.name
        return _("%(state)s (nobody takes part yet)") % {"state": obj.name}


class LeadForm(forms.Form):
    member_state = DelegationField(
        label=gettext_lazy("Delegation"),
        queryset=MemberState.objects.none(),
        empty_label=gettext_lazy("Choose a delegation"),
        help_text=gettext_lazy(
            "It introduces the experiences of the group and is the first to answer. The other delegations of the "
            "group write as before. Its delegates are told by mail."
        ),
    )
    seen = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, states: QuerySet[MemberState], group: RegionalGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member_state"]
        assert isinstance(field, DelegationField)
        field.queryset = states
        field.error_messages["invalid_choice"] = _("Choose a member state of the group (%(group)s).") % {"group": group}
