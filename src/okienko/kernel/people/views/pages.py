"""A page with one form: what was typed stays, a refusal stands beside its field, a change by others is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from okienko.base.decisions import Refused, Stale
from okienko.ui.forms import Form

Values = Mapping[str, Any]


def form_page(
    request: HttpRequest,
    form: Form,
    save: Callable[[dict[str, Any]], str],
    *,
    heading: str,
    submit: str,
    back: str,
    values: Callable[[Any], Values] | None = None,
    template: str = "people/form.html",
    **context: Any,
) -> HttpResponse:
    """`save` does it and says where to go; `values` are those of a form for what stands there now."""
    if form.is_bound and form.is_valid():
        try:
            return redirect(save(form.cleaned_data))
        except Stale as stale:
            form.refuse(stale)
            form.go_on_from(getattr(stale.current, "version", 0))
            if values is not None:
                context["differing"] = _differing(form, values(stale.current))
        except Refused as refused:
            form.refuse(refused)
    return render(
        request,
        template,
        {"form": form, "heading": heading, "submit": submit, "back": back, **context},
        status=200,
    )


def _differing(form: Form, now: Values) -> list[tuple[Any, Any]]:
    """What stands there now and is not what was typed."""
    return [
        (bound.label, _in_words(bound, now[bound.name]))
        for bound in form.visible_fields()
        if bound.name in now and now[bound.name] != form.cleaned_data.get(bound.name)
    ]


def _in_words(bound: BoundField, value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    choices = dict(getattr(bound.field, "choices", ()) or ()) if isinstance(value, str) else {}
    return choices.get(value, value)
