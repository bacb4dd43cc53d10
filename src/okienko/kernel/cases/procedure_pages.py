"""A procedure as it is read, beside the document that it comes from; and what becomes of what runs when it changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Missing
from okienko.kernel.calendars import words
from okienko.kernel.cases import clocks
from okienko.kernel.cases.forms import RuleForm
from okienko.kernel.cases.queries import procedure_for
from okienko.kernel.cases.sentences import MOVES, TOLD
from okienko.kernel.people import roles
from okienko.kernel.people.access import actor_of, may, person_of, requires, staff_only
from okienko.kernel.people.views.pages import form_page


@staff_only
def procedure_page(request: HttpRequest, procedure: str) -> HttpResponse:
    """The table of the procedure, to be held beside the document that it comes from."""
    person = person_of(request)
    table = procedure_for(person, procedure)
    changes = may(person, "calendars.change")
    names = {state.code: str(state.name) for state in table.states}
    rows = [
        {
            "basis": row.basis,
            "name": row.name,
            "sources": ", ".join(names[state.code] for state in table.states if state.code in row.sources),
            "target": names[row.target] if row.target else _("stays"),
            "needs": ", ".join(str(need.label) for need in row.needs if need.required),
            "clocks": ", ".join(f"{table.clock(one.clock).name}: {MOVES[one.move]}" for one in row.clocks),
            "tells": ", ".join(str(TOLD.get(code, code)) for code in row.tells),
            "who": _("the system itself") if row.by_system else ", ".join(
                str(role.name) for role in roles.roles_that_may(row.permission)
            ),
        }
        for row in table.steps
    ]  # fmt: skip
    deadlines = [
        {
            "row": row,
            "rule": words.rule(clocks.rule_of(row)),
            "others": clocks.by_another_rule(table, row).count() if changes else 0,
        }
        for row in table.clocks
    ]
    context = {"procedure": table, "rows": rows, "deadlines": deadlines}
    return render(request, "cases/procedure.html", context)


@requires("calendars.change")
def reckon_anew(request: HttpRequest, procedure: str, code: str) -> HttpResponse:
    """What began by a rule that the procedure has changed since is reckoned by the present one."""
    table = procedure_for(person_of(request), procedure)
    known = {row.code: row for row in table.clocks}
    if code not in known:
        raise Missing
    row = known[code]
    back = reverse("cases:procedure", args=[table.code])

    def save(given: dict[str, Any]) -> str:
        moves = clocks.reckon_by_present_rule(
            table, row, by=actor_of(request), at=time.now(), note=given["note"]
        )
        messages.success(request, _("Deadlines moved: %(count)s.") % {"count": len(moves)})
        return back

    rule = words.rule(clocks.rule_of(row))
    heading = _("Reckon anew: %(deadline)s, %(rule)s") % {"deadline": row.name, "rule": rule}
    crumbs = [{"name": str(table.name), "url": back}, {"name": heading, "url": ""}]
    return form_page(
        request, RuleForm(request.POST or None), save, heading=heading, submit=_("Reckon anew"), back=back,
        breadcrumbs=crumbs,
    )  # fmt: skip
