"""The controls that most forms are made of, as markup made here: Django renders a template for each of their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from okienko.ui.markup import safe


class Markup(DjangoTemplates):
    """Renders these controls by functions and everything else as Django does."""

    def render(self, template_name: str, context: Mapping[str, Any], request: Any = None) -> str:
        made = _MADE.get(template_name)
        if made is None:
            return super().render(template_name, context, request)  # type: ignore[arg-type]
        return mark_safe(made(context["widget"]))


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _select(widget: Mapping[str, Any]) -> str:
    groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
    return f'<select name="{escape(widget["name"])}"{_attributes(widget)}>{groups}</select>'


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    made = "".join(
        f'<option value="{escape(option["value"])}"{_attributes(option)}>{escape(option["label"])}</option>'
        for option in options
    )
    return f'<optgroup label="{escape(name)}">{made}</optgroup>' if name else made


def input_markup(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    return (
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}{_attributes(widget)}>'
    )


class Choice(forms.Select):
    """One of many, without groups: written straight from its choices, of which a filter may have hundreds."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == chosen else ""}>{safe(label)}</option>'
            for key, label in self.choices
        )
        given = _attributes({"attrs": self.build_attrs(self.attrs, attrs)})
        return mark_safe(f'<select name="{escape(name)}"{given}>{options}</select>')


_INPUTS = ("checkbox", "email", "input", "number", "text")
_MADE: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{name}.html": input_markup for name in _INPUTS},
}
