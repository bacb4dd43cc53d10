from __future__ import annotations

import difflib
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from okienko.base import numbers
from okienko.base.decisions import Refused, Stale
from okienko.base.time import now
from okienko.kernel.messages import actions, composing, declaring, queries
from okienko.kernel.messages.declaring import Notice, Original
from okienko.kernel.messages.forms import TextForm
from okienko.kernel.messages.views.outgoing import tabs
from okienko.kernel.people.access import Someone, actor_of, may, person_of, requires

GENERAL = "-"
_FIELDS = {
    "subject": gettext_lazy("Subject of the e-mail"),
    "body": gettext_lazy("Text of the e-mail"),
    "sms": gettext_lazy("Text message"),
}
_FIELDS_OF_LETTER = {
    "subject": gettext_lazy("Heading of the letter"),
    "body": gettext_lazy("Text of the letter"),
}


def _notice(code: str, language: str, variant: str) -> tuple[Notice, str]:
    """`-` in an address stands for the general text."""
    variant = "" if variant == GENERAL else variant
    if not declaring.is_known(code):
        raise Http404
    notice = declaring.notice(code)
    if language not in notice.languages:
        raise Http404
    if variant and variant not in notice.variants():
        raise Http404
    return notice, variant


@requires("messages.see")
def templates(request: HttpRequest) -> HttpResponse:
    changed = queries.changed_templates()
    rows = [
        {
            "notice": notice,
            "variant": variant,
            "variant_name": name,
            "texts": [
                (
                    language,
                    (notice.code, variant, language) in changed,
                    _address(notice, language, variant) if language in notice.languages else "",
                )
                for language in declaring.LANGUAGES
            ],
        }
        for notice in declaring.all_notices()
        for variant, name in [("", ""), *notice.variants().items()]
    ]
    return render(
        request,
        "office_messages/templates.html",
        {
            "rows": rows,
            "languages_of_texts": declaring.LANGUAGES,
            "tabs": tabs(request),
            "may_change": may(person_of(request), "messages.change"),
        },
    )


def _address(notice: Notice, language: str, variant: str, view: str = "template") -> str:
    return reverse(f"office_messages:{view}", args=[notice.code, language, variant or GENERAL])


@requires("messages.change")
def template(request: HttpRequest, code: str, language: str, variant: str) -> HttpResponse:
    notice, variant = _notice(code, language, variant)
    kept = queries.template_of(notice, language, variant)
    current = queries.text_in_force(notice, language, variant)
    initial = {"subject": current.subject, "body": current.body, "sms": current.sms, "version": kept.version}
    form = TextForm(request.POST or None, initial=initial, printed=notice.printed)
    stale = False
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            actions.change_text(
                code,
                form.text(),
                by=actor_of(request),
                at=now(),
                language=language,
                version=form.cleaned_data["version"],
                variant=variant,
            )
        except Stale as error:
            stale, kept = True, queries.template_of(notice, language, variant)
            current = queries.text_in_force(notice, language, variant)
            form.refuse(error)
            form.go_on_from(kept.version)
        except Refused as refused:
            form.refuse(refused)
        else:
            saved = _("The text has been saved. Messages and letters written from now on use it.")
            messages.success(request, saved)
            return redirect(_address(notice, language, variant))
    context = {
        "notice": notice,
        "language": language,
        "variant": notice.variants().get(variant, ""),
        "form": form,
        "stale": stale,
        "current": current,
        "preview": _preview(notice, language, form, person_of(request)),
        "versions": queries.editions_of(kept),
        "version": kept.version,
        "changed": (notice.code, variant, language) in queries.changed_templates(),
        "original_url": _address(notice, language, variant, "original"),
        "versions_url": _address(notice, language, variant, "versions"),
        "breadcrumbs": _trail(notice),
    }
    return render(request, "office_messages/template.html", context, status=409 if stale else 200)


def _trail(notice: Notice) -> list[dict[str, Any]]:
    return [
        {"name": _("Texts"), "url": reverse("office_messages:templates")},
        {"name": notice.name, "url": ""},
    ]


def _preview(notice: Notice, language: str, form: TextForm, person: Someone) -> dict[str, Any]:
    """The text as typed, filled with what a real case has or with samples; or what is wrong with it."""
    text = form.text()
    data, number, note = _example(notice, str(form["example"].value() or ""), person)
    try:
        composing.check(notice, text, language)
    except Refused as refused:
        return {"wrong": refused.reason}
    written = composing.fill_in(
        notice, text, data, language=language, number="" if notice.printed else number
    )
    return {"written": written, "length": written.sms_length, "note": note}


def _example(notice: Notice, typed: str, person: Someone) -> tuple[dict[str, Any], str, str]:
    number = numbers.from_speech(typed)
    about = declaring.how_about(notice.subject_type)
    if not number:
        return notice.samples, "100014" if about else "", _("These are made-up data.")
    subject = about.by_number(number) if about else None
    seen = subject is not None and about is not None and about.sees(person, int(subject.pk))
    data = notice.data_of(subject) if seen and notice.data_of is not None else {}
    if not data:
        return (
            notice.samples,
            "",
            _("There is no case with this number that this text fits. These are made-up data."),
        )
    return dict(data), number, ""


@require_POST
@requires("messages.change")
def original(request: HttpRequest, code: str, language: str, variant: str) -> HttpResponse:
    notice, variant = _notice(code, language, variant)
    given = request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else -1
    try:
        actions.back_to_original(
            code, by=actor_of(request), at=now(), language=language, version=version, variant=variant
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The original text is in force again."))
    return redirect(_address(notice, language, variant))


@requires("messages.change")
def versions(request: HttpRequest, code: str, language: str, variant: str) -> HttpResponse:
    """Every version with what it changed, the newest first."""
    notice, variant = _notice(code, language, variant)
    editions = list(queries.editions_of(queries.template_of(notice, language, variant)))
    general = queries.text_in_force(notice, language) if variant else notice.originals[language]
    texts = [general if edition.original else queries.text_of(edition) for edition in editions] + [general]
    shown = [
        {"edition": edition, "fields": _differences(notice, before, after)}
        for edition, (after, before) in zip(editions, pairwise(texts), strict=True)
    ]
    return render(
        request,
        "office_messages/versions.html",
        {
            "notice": notice,
            "language": language,
            "variant": notice.variants().get(variant, ""),
            "shown": shown,
            "template_url": _address(notice, language, variant),
            "breadcrumbs": _trail(notice),
        },
    )


def _differences(
    notice: Notice, before: Original, after: Original
) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each part of the text, its lines: gone, new or as they were."""
    found = []
    for field, name in (_FIELDS_OF_LETTER if notice.printed else _FIELDS).items():
        old, new = getattr(before, field).splitlines(), getattr(after, field).splitlines()
        lines = [(line[0], line[2:]) for line in difflib.ndiff(old, new) if line[0] != "?"]
        if old != new:
            found.append((str(name), lines))
    return found
