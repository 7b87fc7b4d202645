"""Fields of forms that Django has none for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Choices = Sequence[tuple[str, Any]]


class OrderedChoice(forms.Widget):
    """One numbered list of choices for each place, all of one name, so that their order is the answer."""

    template_name = "components/ordered_choice.html"
    use_fieldset = True

    def __init__(self, choices: Choices = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = choices

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [values] if isinstance(values, str) else list(values)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_1" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [choice for choice in value or [] if choice]
        places = range(1, len(self.choices) + 1)
        context["places"] = [(place, chosen[place - 1] if place <= len(chosen) else "") for place in places]
        context["choices"] = self.choices
        return context


class OrderedChoiceField(forms.Field):
    """Some of a few choices, the preferred one first."""

    widget = OrderedChoice
    default_error_messages = {
        "invalid_choice": _("Choose from the list."),
        "chosen_twice": _("You have chosen one language twice: choose each once."),
    }

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices
        self.widget.choices = choices

    def clean(self, value: Any) -> list[str]:
        chosen = [choice for choice in value or [] if choice]
        if self.required and not chosen:
            raise ValidationError(self.error_messages["required"], code="required")
        if not set(chosen) <= {key for key, _label in self.choices}:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        if len(set(chosen)) < len(chosen):
            raise ValidationError(self.error_messages["chosen_twice"], code="chosen_twice")
        return chosen

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != [choice for choice in data or [] if choice]


class WebAddressField(forms.URLField):
    """The address of a page; one that is typed without a scheme is meant with https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})
