from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from okienko.base import time
from okienko.features.visits.queries import next_in
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.cases.rules import all_procedures
from okienko.kernel.people.access import may, person_of, scope_of, staff_only
from okienko.kernel.people.models import Person
from okienko.site import beginning

SHOWN = 10


def home(request: HttpRequest) -> HttpResponse:
    """What residents can do here; staff go on to their work."""
    if isinstance(request.user, Person) and request.user.is_staff_member and "strona" not in request.GET:
        return redirect("work")
    return render(request, "site/home.html", beginning.offered())


@staff_only
def work(request: HttpRequest) -> HttpResponse:
    """Where a clerk's day begins: what I have, what waits for somebody, what is late, in each procedure that I see."""
    person, now = person_of(request), time.now()
    boards = []
    for table in all_procedures():
        if not may(person, table.see_permission):
            continue
        seen = visible_to(person, table).filter(open=True).order_by("due_order", "pk")
        scope = scope_of(person, table.see_permission)
        # Who sees everything is not in every group: what waits for them is what no group has yet.
        whose = Q(group=None) if scope.everywhere else Q(group_id__in=scope.groups)
        mine, waiting = seen.filter(person=person)[:SHOWN], seen.filter(whose, person=None)[:SHOWN]
        shown = {case.pk for case in (*mine, *waiting)}
        late = [case for case in seen.filter(due_order__lt=now)[: 3 * SHOWN] if case.pk not in shown]
        boards.append({"procedure": table, "mine": mine, "waiting": waiting, "late": late[:SHOWN]})
    visits = next_in(person, now=now)[:SHOWN] if may(person, "visits.see") else None
    context = {"boards": boards, "visits": visits, "now": now, "steps": beginning.steps(person)}
    return render(request, "site/work.html", context)
