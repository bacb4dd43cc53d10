"""How a feature brings its procedure into the house."""

from __future__ import annotations

from okienko.kernel.calendars import queries as calendars
from okienko.kernel.cases import rules
from okienko.kernel.cases.models import Channel
from okienko.kernel.cases.sentences import of_procedure
from okienko.kernel.history import words


def declare(procedure: rules.Procedure) -> None:
    rules.declare(procedure)
    calendars.need(procedure.calendar)
    words.say(of_procedure(procedure))
    words.say_values("state", {state.code: state.name for state in procedure.states}, about=procedure.code)
    words.say_values("channel", dict(Channel.choices), about=procedure.code)
    words.say_values("deadline", {clock.code: clock.name for clock in procedure.clocks})
