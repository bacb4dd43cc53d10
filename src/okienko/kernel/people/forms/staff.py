from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.kernel.people import queries, roles
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group, Unit
from okienko.ui.forms import DateField, DateTimeField, Form

NOWHERE = gettext_lazy("– none –")


class PersonForm(Form):
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)
    must_use_second_factor = forms.BooleanField(
        label=gettext_lazy("Must use a second factor"),
        required=False,
        help_text=gettext_lazy("Whatever the roles say. Until it is set up, the person sees nothing else."),
    )


class ChangePersonForm(PersonForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class RoleForm(Form):
    """Which role, and the right place for it; offered is only what the giver may give."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("Unit"), required=False, empty_label=NOWHERE
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=gettext_lazy("Group"), required=False, empty_label=NOWHERE
    )
    valid_from = DateTimeField(
        label=gettext_lazy("Since"), required=False, help_text=gettext_lazy("Empty: from now.")
    )
    valid_until = DateTimeField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: until it is taken.")
    )

    def __init__(self, giver: Person, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        role, unit, group = self.fields["role"], self.fields["unit"], self.fields["group"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(group, forms.ModelChoiceField)  # noqa: S101
        role.choices = [
            ("", _("– choose –")),
            *((one.code, _described(one)) for one in queries.roles_to_give(giver)),
        ]
        unit.queryset = queries.units_for(giver, "people.change").filter(active=True)
        group.queryset = queries.groups_for(giver, "people.change").filter(active=True)

    def clean(self) -> dict[str, Any]:
        """A place left over from another choice is said, not dropped silently."""
        given = self.cleaned_data
        if given.get("unit") and given.get("group"):
            self.add_error("group", _("Choose a unit or a group, not both."))
        return given


def _described(role: roles.Role) -> str:
    where = {
        roles.Reach.EVERYWHERE: _("everywhere"),
        roles.Reach.UNIT: _("in a unit and those below it"),
        roles.Reach.GROUP: _("in a group"),
    }
    return f"{role.name} ({where[role.reach]})"


class InviteForm(RoleForm):
    """Together with the first role, so that nobody stands outside every unit."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("The invitation goes there, with a link to set a password."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)

    field_order = ["first_name", "last_name", "email", "language", "role", "unit", "group", "valid_from"]


class LeaveForm(Form):
    away_from = DateField(label=gettext_lazy("First day of leave"), required=False)
    away_until = DateField(
        label=gettext_lazy("Last day of leave"),
        required=False,
        help_text=gettext_lazy("Leave both empty when the person is back."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class GoneForm(Form):
    sure = forms.BooleanField(label=gettext_lazy("The account is closed and all roles end"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(Form):
    to = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Who takes it over"))

    def __init__(
        self, giver: Person, leaving: Person, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)  # noqa: S101
        here = queries.visible_to(giver).filter(kind=Person.Kind.STAFF, is_active=True)
        to.queryset = here.exclude(pk=leaving.pk)


class SecondFactorRulesForm(Form):
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles that ask for a second factor"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(role.code, str(role.name)) for role in roles.all_roles()]
