from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from okienko.base.time import now
from okienko.features.faults.boards import queries
from okienko.kernel.people.access import person_of, requires


@requires("faults.see")
def board(request: HttpRequest) -> HttpResponse:
    sections = queries.board(person_of(request), now=now())
    context = {"sections": sections, "titles": queries.TITLES.values()}
    return render(request, "faults/boards/board.html", context)
