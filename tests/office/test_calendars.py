import re

import pytest

from okienko.kernel.calendars.events import Moved
from okienko.kernel.calendars.forms import CalendarForm
from okienko.kernel.calendars.models import Calendar
from okienko.kernel.calendars.queries import called, hours_of
from okienko.kernel.cases.models import Case

from .conftest import person


@pytest.mark.req("CORE-16")
def test_what_a_change_of_hours_moves_is_called_by_its_name_and_number(sign_in):
    calendar = Calendar.objects.get(code="office")
    hours = hours_of(calendar)
    values = CalendarForm.values_of(calendar, hours)
    typed = {
        "name": values["name"],
        "statutory": "on",
        "running": "recompute",
        "version": calendar.version,
        "own_days": "",
    }
    week = dict.fromkeys(("mon", "tue", "thu", "fri"), "8-16")  # no Wednesday any more
    page = sign_in("administrator").post(
        f"/kalendarze/{calendar.pk}/zmiana/", {**typed, **week, "preview": "1"}
    )
    rows = re.findall(r'<th scope="row">([^<]+), <a href="[^"]+">([^<]+)</a></th>', page.content.decode())
    assert len(rows) == len(page.context["preview"]["moves"]) > 0
    assert {deadline for deadline, _number in rows} <= {"Podjęcie", "Zakończenie"}
    assert {number for _deadline, number in rows} <= {
        one.spoken_number for one in Case.objects.filter(open=True)
    }


@pytest.mark.req("CORE-03")
def test_what_somebody_may_not_see_has_no_number_there(city):
    case = Case.objects.filter(open=True).first()
    moved = [Moved(1, "cases.case", case.pk, "finish", None, None)]
    shown = {
        name: called(moved, person(name))[0][1]
        for name in ("administrator", "operator", "iod", "ogrodniczka")
    }
    assert shown == {
        "administrator": case.spoken_number, "operator": case.spoken_number, "iod": "", "ogrodniczka": "",
    }  # fmt: skip
