"""Input about coming in: requests, invitations, lists of people, and taking up an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import passkeys
from accounts.addresses import canonical_address
from accounts.desk_forms import DAY
from accounts.enums import InstitutionKind, Role, Vouching
from accounts.forms import LANGUAGES, LANGUAGES_READ
from accounts.models import AccountRequest, MemberState, Protocol, User
from accounts.models.people import validate_plain_name
from accounts.services.invitations import Newcomer, check_term


class AddressField(forms.CharField):
    """An e-mail address in its canonical form; other scripts are let through to be read."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"})

    def clean(self, value: Any) -> str:
        return canonical_address(super().clean(value)) if value else str(super().clean(value))


class _ReadsForm(forms.Form):
    languages_read = forms.MultipleChoiceField(
        label=_("Languages read"), choices=LANGUAGES_READ, widget=forms.CheckboxSelectMultiple
    )


class AccountRequestForm(_ReadsForm, forms.ModelForm):
    """What a person says who asks for an account."""

    class Meta:
        model = AccountRequest
        fields = (
            "email",
            "full_name",
            "member_state",
            "institution",
            "institution_kind",
            "language",
            "languages_read",
            "reason",
        )
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "institution": forms.TextInput(attrs={"autocomplete": "organization"}),
            "reason": forms.Textarea(attrs={"rows": 5, "maxlength": 2_000}),
        }
        labels = {"full_name": _("Your name, as it will be shown"), "reason": _("Why you would like to take part")}
        help_texts = {"reason": _("The focal point of your state and the Secretariat read this; nobody else.")}

    email = AddressField(
        label=_("Official e-mail address"),
        max_length=254,
        help_text=_("At your office, ministry or mission: all mail about your request goes there."),
    )
    language = forms.ChoiceField(label=_("Language of the pages and of mail"), choices=LANGUAGES)

    def validate_unique(self) -> None:
        """Leave it to the service, which answers alike whether a request of this address waits or not."""

    def validate_constraints(self) -> None:
        """Leave these to the service too."""


class VouchForm(forms.Form):
    """A focal point's word on a request."""

    vouching = forms.ChoiceField(choices=[(Vouching.VOUCHED, ""), (Vouching.OBJECTED, "")])
    note = forms.CharField(
        label=_("Note for the Secretariat"),
        max_length=500,
        required=False,
        help_text=_("Needed where you object."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class DecisionForm(forms.Form):
    """The Secretariat's decision on one or many requests."""

    requests = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Choose at least one.")})
    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Reason"),
        max_length=500,
        required=False,
        help_text=_("Needed for declining; the person and the focal point read it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, waiting: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requests"].choices = [(pk, "") for pk in waiting]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[int]:
        """The ids that are ticked, also where something else is wrong."""
        ticked = self.data.getlist("requests") if isinstance(self.data, QueryDict) else []
        return [int(pk) for pk in ticked if pk.isdecimal()]


class InvitationForm(_ReadsForm):
    """Somebody to be invited."""

    email = AddressField(label=_("Official e-mail address"), max_length=254)
    full_name = forms.CharField(label=_("Name as shown"), max_length=120, validators=[validate_plain_name])
    role = forms.ChoiceField(
        label=_("Takes part as"),
        choices=Role,
        initial=Role.DELEGATE,
        help_text=_("Rights on one room or one discussion are given in the administration afterwards."),
    )
    member_state: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Member state"), queryset=MemberState.objects.all(), required=False, help_text=_("For a delegate.")
    )
    serves_until = forms.DateField(
        label=_("Last day of the contract or period"),
        required=False,
        help_text=_("For a staff expert, a facilitator or an evaluator; empty where there is none."),
        widget=DAY,
    )
    institution = forms.CharField(
        label=_("Institution"), max_length=160, required=False, validators=[validate_plain_name]
    )
    institution_kind = forms.ChoiceField(
        label=_("Kind of institution"), choices=InstitutionKind, initial=InstitutionKind.OTHER
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=LANGUAGES)

    field_order = (
        "email",
        "full_name",
        "role",
        "member_state",
        "serves_until",
        "institution",
        "institution_kind",
        "language",
        "languages_read",
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = None if actor.is_staff else actor.member_state
        if self._own is not None:
            del self.fields["role"], self.fields["member_state"], self.fields["serves_until"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role = data.setdefault("role", Role.DELEGATE)
        state = data.setdefault("member_state", self._own)
        if role == Role.DELEGATE and state is None:
            self.add_error("member_state", _("A delegate has a member state: choose it."))
        elif role != Role.DELEGATE and state is not None:
            self.add_error("member_state", _("Only delegates have a member state: leave it empty."))
        try:
            check_term(role, data.get("serves_until"))
        except ValidationError as error:
            self.add_error("serves_until", error)
        return data

    @property
    def newcomer(self) -> Newcomer:
        """Whom the form is about."""
        return Newcomer(**self.cleaned_data)


class RevokeForm(forms.Form):
    """Why an invitation is revoked."""

    reason = forms.CharField(label=pgettext_lazy("decision", "Reason"), max_length=500)


class TakeUpForm(_ReadsForm):
    """What a person sets who follows the link of an invitation."""

    full_name = forms.CharField(
        label=_("Your name, as it will be shown"),
        max_length=120,
        validators=[validate_plain_name],
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4_096,
        help_text=password_validation.password_validators_help_text_html,  # type: ignore[arg-type]
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=4_096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    credential = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    field_order = ("full_name", "languages_read", "password", "password_again")

    def __init__(self, *args: Any, person: User, protocol: Protocol | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"full_name": person.full_name, "languages_read": person.languages_read}
        super().__init__(*args, **kwargs)
        self._person, self._protocol = person, protocol
        for name in ("password", "password_again"):
            self.fields[name].required = not self.data.get("credential")
        if protocol is not None:
            self.fields[f"accepted_{protocol.pk}"] = forms.BooleanField(
                label=_("I accept the protocol of use"),
                error_messages={"required": _("Please read the protocol; the rooms open once you have accepted it.")},
            )

    @property
    def accepted(self) -> forms.BoundField | None:
        """The field for the version in force now: a tick that was set for another one does not count."""
        return self[f"accepted_{self._protocol.pk}"] if self._protocol else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._person.full_name = data.get("full_name") or self._person.full_name
        if data.get("credential"):
            self._check_passkey(data)
        elif data.get("password"):
            self._check_password(data)
        return data

    def _check_passkey(self, data: dict[str, Any]) -> None:
        """Check a passkey once all else is right: it can be checked only once. What is typed beside it is left."""
        data["password"] = None
        if not self.errors:
            try:
                data["passkey"] = passkeys.take(self._person, data["credential"])
            except ValidationError as error:
                self.add_error("credential", error)

    def _check_password(self, data: dict[str, Any]) -> None:
        if data["password"] != data.get("password_again"):
            self.add_error("password_again", _("The two passwords differ. Type the same one twice."))
        try:
            password_validation.validate_password(data["password"], self._person)
        except ValidationError as error:
            self.add_error("password", error)

    @property
    def chosen(self) -> dict[str, Any]:
        """What is kept with the person, and what they will sign in with."""
        kept = ("full_name", "languages_read", "password", "passkey")
        return {name: self.cleaned_data.get(name) for name in kept}


class InvitationListForm(forms.Form):
    """A spreadsheet of people to invite."""

    file = forms.FileField(
        label=_("Spreadsheet (CSV or XLSX)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.INVITATION_LIST_BYTES:
            raise ValidationError(
                _("The file is larger than %(count)d MB. Divide the list and send the parts one after another.")
                % {"count": settings.INVITATION_LIST_BYTES // 1024**2},
                code="too_large",
            )
        return file
