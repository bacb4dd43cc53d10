"""The procedure of registering and handling fault reports, step by step as the order lays it down.

Source: order of a city's president (zarządzenie 2851/2022), annex 1; "I" is annex 2, the instruction. Hold the order
in one hand and this table in the other: each row names its paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from okienko.kernel.cases.rules import (
    DUE,
    FORGOTTEN,
    RECEIVED,
    TODAY,
    ClockMove,
    ClockRule,
    Day,
    Holder,
    Input,
    Need,
    OnClock,
    Procedure,
    State,
    step,
)
from okienko.kernel.people.roles import Permission, Reach, Role

RPW_PATTERN = r"^RPW/\d{1,7}/20\d\d$"

COORDINATORS = Need("group", _("Group"), Input.GROUP, of_kind="coordinators")
OTHER_COORDINATORS = Need("group", _("Group"), Input.GROUP, of_kind="coordinators", same_unit=True)
EXECUTORS = Need("group", _("Group"), Input.GROUP, of_kind="executors")
OWN_EXECUTORS = Need("group", _("Group"), Input.GROUP, of_kind="executors", same_unit=True)
REASON = Need("reason", _("Reason"), Input.LONG_TEXT)
RPW_HELP = _("For example RPW/12345/2026.")
# What was given when the report came in, or at an earlier step, counts.
RPW = Need(
    "rpw", _("RPW number"), pattern=RPW_PATTERN, required=False, required_if="without_rpw", help=RPW_HELP
)
RPW_FOR_ENTITY = Need(
    "rpw", _("RPW number"), pattern=RPW_PATTERN, required=False,
    help=_("Required for a municipal entity outside the city hall. For example RPW/12345/2026."),
)  # fmt: skip
BODY = Need("body", _("Body to which it was sent"))
# As far as a city's forecast of its money reaches; what is put off for longer is an investment task.
PLANNED_AHEAD = 3 * 365
FROM_TOMORROW, WITHIN_PLANS = (Day(TODAY, 1),), (Day(TODAY, PLANNED_AHEAD),)
SUSPENDED_UNTIL = Need("until", _("Until when"), Input.DATE, not_before=FROM_TOMORROW, not_after=WITHIN_PLANS)
PUT_OFF_UNTIL = Need(
    "until", _("Put off until"), Input.DATE, required=False, not_before=FROM_TOMORROW, not_after=WITHIN_PLANS
)
# Longer than it may take otherwise.
PLANNED = Need(
    "planned",
    _("Planned date of ending"),
    Input.DATE,
    not_before=(Day(TODAY), Day(DUE)),
    not_after=WITHIN_PLANS,
)
# Perhaps for what somebody else had reported before.
ORDERED = Need(
    "ordered", _("Ordered on"), Input.DATE, not_before=(Day(RECEIVED, -365),), not_after=(Day(TODAY),)
)
ORDERED_UNTIL = Need(
    "until",
    _("Until when"),
    Input.DATE,
    not_before=(Day("ordered"),),
    not_after=(Day("ordered", PLANNED_AHEAD),),
)
REALLY_FINISHED = Need(
    "finished",
    _("Really finished on"),
    Input.DATE,
    not_before=(Day(RECEIVED),),
    not_after=(Day(TODAY),),
    usual=Day(TODAY),
)
ANSWER = Need(
    "answer", _("What was answered, and how"), Input.LONG_TEXT, required=False, required_if="wants_answer",
    help=_("The reporter reads it on the page of the report; so does whoever reported the same and wants an answer."),
)  # fmt: skip

TAKE_UP, RETURN, FINISH = "take-up", "return", "finish"

START_TAKE_UP = OnClock(ClockMove.START, TAKE_UP)
TAKEN_UP = OnClock(ClockMove.MEET, TAKE_UP)
NOT_TAKEN_UP = OnClock(ClockMove.CANCEL, TAKE_UP)
START_RETURN = OnClock(ClockMove.START, RETURN)
RETURNED = OnClock(ClockMove.MEET, RETURN)
NOT_RETURNED = OnClock(ClockMove.CANCEL, RETURN)
FINISHED = OnClock(ClockMove.MEET, FINISH)

STATES = (
    State("new", _("new"), badge="info", said=_("we have it")),
    State("coordinator", _("with the coordinator"), said=_("with the unit that will deal with it")),
    State("executor", _("with the executor"), said=_("being dealt with")),
    State("returned", _("returned to the operator"), badge="warning", said=_("we are finding out who will deal with it")),
    State("returned-by-executor", _("returned to the coordinator"), badge="warning",
          said=_("with the unit that will deal with it")),
    State("suspended", _("suspended"), badge="warning", said=_("put off for some time")),
    State("contractor", _("with a contractor"), said=_("a firm has been asked to do it")),
    State("investment", _("among investment tasks"), said=_("among planned investments")),
    State("resolved", _("resolved"), open=False, badge="good"),
    State("declined", _("will not be done"), open=False),
    State("not-intervention", _("not an intervention"), open=False, said=_("answered: it is not a fault")),
    State("elsewhere", _("passed to another body"), open=False),
)  # fmt: skip

STEPS = (
    step("pass-to-coordinator", _("Pass to a coordinator"), _("passed to a coordinator"),
         "new returned", "coordinator", by="faults.pass", basis="§ 13(1), 13(3)",
         needs=(COORDINATORS, RPW_FOR_ENTITY), holder=Holder.GIVEN_GROUP, clocks=(START_TAKE_UP, START_RETURN),
         tells=("group",)),
    step("not-the-citys", _("Out of the city's competence"), _("closed: out of the city's competence"),
         "new returned", "elsewhere", by="faults.pass", basis="§ 14",
         needs=(RPW, BODY, REASON, ANSWER), clocks=(FINISHED,), tells=("reporter",)),
    step("unit-outside", _("The unit does not work here"), _("closed: handled outside the system"),
         "new returned", "elsewhere", by="faults.pass", basis="§ 15",
         needs=(RPW, BODY, ANSWER), clocks=(FINISHED,), tells=("reporter",)),
    step("coordinator-takes-up", _("Take up"), _("taken up by the coordinator"),
         "coordinator returned-by-executor", None, by="faults.coordinate", basis="§ 16(2), 19(1)",
         holder=Holder.THE_ONE_WHO_ACTS, clocks=(TAKEN_UP,), icon="check"),
    step("pass-to-executor", _("Pass to an executor"), _("passed to an executor"),
         "coordinator returned-by-executor", "executor", by="faults.coordinate", basis="§ 19(2)1, 20(1)",
         needs=(OWN_EXECUTORS,), holder=Holder.GIVEN_GROUP, clocks=(TAKEN_UP, START_TAKE_UP, NOT_RETURNED), tells=("group",)),
    step("pass-to-other-coordinator", _("Pass to another coordinator"), _("passed to another coordinator"),
         "coordinator", "coordinator", by="faults.coordinate", basis="§ 19(2)3",
         needs=(OTHER_COORDINATORS,), holder=Holder.GIVEN_GROUP, clocks=(START_TAKE_UP, START_RETURN),
         tells=("group",)),
    step("return-to-operator", _("Return to the operator"), _("returned to the operator"),
         "coordinator", "returned", by="faults.coordinate", basis="§ 19(2)2",
         needs=(Need("addressee", _("Right addressee")), REASON), clocks=(NOT_TAKEN_UP, RETURNED), tells=("operators",)),
    step("part-elsewhere", _("A part belongs elsewhere"), _("a part belongs elsewhere"),
         "coordinator", None, by="faults.coordinate", basis="§ 19(4), 20(2)",
         needs=(Need("told", _("How and when the operator was told")), REASON), tells=("operators",)),
    step("suspend", _("Suspend"), _("suspended"),
         "coordinator returned-by-executor", "suspended", by="faults.coordinate", basis="§ 19(3)",
         needs=(REASON, SUSPENDED_UNTIL), clocks=(OnClock(ClockMove.STOP, FINISH), TAKEN_UP, NOT_RETURNED)),
    step("resume", _("Resume"), _("resumed"),
         "suspended", "coordinator", by="faults.coordinate", basis="§ 19(3)",
         clocks=(OnClock(ClockMove.RESUME, FINISH),)),
    step("resume-by-date", _("Resumed by date"), _("came back by itself: the date has passed"),
         "suspended", "coordinator", by="faults.coordinate", basis="§ 19(3)", by_system=True,
         clocks=(OnClock(ClockMove.RESUME, FINISH), START_TAKE_UP), tells=("group",)),
    step("executor-takes-up", _("Take up"), _("taken up by the executor"),
         "executor", None, by="faults.execute", basis="§ 16(2), 21(1)",
         holder=Holder.THE_ONE_WHO_ACTS, clocks=(TAKEN_UP,), icon="check"),
    step("note", _("Note what was done"), _("what was done"),
         "coordinator executor contractor investment returned-by-executor", None, by="faults.execute", basis="§ 17(2), 21(1)",
         needs=(Need("done", _("What was done"), Input.LONG_TEXT),), icon="edit"),
    step("delay", _("It will take longer"), _("will take longer"),
         "coordinator executor contractor", None, by="faults.execute", basis="§ 18(2)",
         needs=(REASON, PLANNED), tells=("reporter",), icon="clock"),
    step("return-to-coordinator", _("Return to the coordinator"), _("returned to the coordinator"),
         "executor", "returned-by-executor", by="faults.execute", basis="§ 21(2)2",
         needs=(REASON, PUT_OFF_UNTIL), holder=Holder.GROUP_BEFORE, clocks=(NOT_TAKEN_UP,), tells=("group",)),
    step("order", _("Pass to a contractor"), _("passed to a contractor"),
         "executor", "contractor", by="faults.execute", basis="§ 21(2)3",
         needs=(Need("firm", _("Firm")), ORDERED, ORDERED_UNTIL), clocks=(TAKEN_UP,), page="faults:order"),
    step("accept-work", _("Accept the work"), _("work accepted"),
         "contractor", "resolved", by="faults.execute", basis="§ 21(2)4, 6(2)",
         needs=(REALLY_FINISHED, RPW, ANSWER), clocks=(FINISHED,), tells=("reporter",), icon="check"),
    step("reject-work", _("Reject the work"), _("work rejected"),
         "contractor", "executor", by="faults.execute", basis="§ 21(2)4", needs=(REASON,)),
    step("resolve", _("Resolve"), _("resolved"),
         "executor", "resolved", by="faults.execute", basis="§ 21(2)5, 16(3), 22, 6(2)",
         needs=(Need("done", _("What was done"), Input.LONG_TEXT), RPW, ANSWER),
         clocks=(TAKEN_UP, FINISHED), tells=("reporter",), icon="check"),
    step("decline", _("It will not be done"), _("will not be done"),
         "executor", "declined", by="faults.execute", basis="§ 21(2)5, 17(2)7, 6(2)",
         needs=(REASON, RPW, ANSWER), clocks=(TAKEN_UP, FINISHED), tells=("reporter",)),
    step("not-an-intervention", _("Not an intervention"), _("qualified as not an intervention"),
         "executor", "not-intervention", by="faults.execute", basis="§ 21(2)1, 6(2)",
         needs=(REASON, RPW, ANSWER), clocks=(TAKEN_UP, FINISHED), tells=("reporter",)),
    step("to-investments", _("It is an investment"), _("moved to investment tasks"),
         "executor", "investment", by="faults.execute", basis="§ 21(2)1",
         needs=(EXECUTORS, REASON, RPW_FOR_ENTITY), holder=Holder.GIVEN_GROUP,
         clocks=(TAKEN_UP, OnClock(ClockMove.CANCEL, FINISH)),
         tells=("group", "reporter")),
    step("investment-done", _("The investment is done"), _("investment done"),
         "investment", "resolved", by="faults.execute", basis="§ 21(2)1, 6(2)", needs=(RPW, ANSWER), tells=("reporter",)),
    step("to-outside-body", _("Pass to an outside body"), _("passed to an outside body"),
         "executor", "elsewhere", by="faults.execute", basis="§ 21(3)",
         needs=(RPW, BODY, ANSWER), clocks=(TAKEN_UP, FINISHED), tells=("reporter",)),
    # The order has a question about a finished report registered and passed to the coordinator; that the report itself
    # then goes on, with the days for handling counted anew, is beyond the order.
    step("reopen", _("Reopen"), _("reopened"),
         "resolved declined not-intervention elsewhere", "coordinator", by="faults.pass", basis="§ 23 →",
         needs=(COORDINATORS, REASON, RPW_FOR_ENTITY), holder=Holder.GIVEN_GROUP,
         clocks=(START_TAKE_UP, START_RETURN, OnClock(ClockMove.START, FINISH)), tells=("group", "reporter"),
         icon="refresh"),
)  # fmt: skip


def facts_of(case: Any) -> Iterator[str]:
    report = getattr(case, "report", None)
    if report is None or not report.rpw:
        yield "without_rpw"
    if report is not None and report.forgotten_at is not None:
        yield FORGOTTEN


PROCEDURE = Procedure(
    code="zgloszenia",
    name=_("Fault reports"),
    source=_("Order 2851/2022, annex 1: the procedure of registering and handling interventions"),
    states=STATES,
    start="new",
    steps=STEPS,
    clocks=(
        ClockRule(
            TAKE_UP, _("taking up"), {"working_days": 1}, "as_it_came", "§ 16 ust. 2 zarządzenia 2851/2022"
        ),
        ClockRule(
            RETURN,
            _("returning to the operator"),
            {"working_days": 2},
            "as_it_came",
            "§ 19 ust. 2 pkt 2 zarządzenia 2851/2022",
        ),
        ClockRule(
            FINISH,
            _("finishing"),
            {"working_days": 10},
            "as_it_came",
            "§ 18 ust. 1 zarządzenia 2851/2022",
            from_receipt=True,
        ),
    ),
    calendar="office",
    register_permission="faults.register",
    see_permission="faults.see",
    main_clock=FINISH,
    facts=facts_of,
)

PERMISSIONS = (
    Permission("faults.see", _("See fault reports")),
    Permission("faults.register", _("Register fault reports, correct, split and merge them")),
    Permission("faults.pass", _("Pass fault reports to units")),
    Permission("faults.coordinate", _("Coordinate fault reports within a unit")),
    Permission("faults.execute", _("Handle fault reports and answer them")),
    Permission("faults.categories", _("Change categories of fault reports")),
    Permission("faults.remove", _("Remove personal data of finished fault reports")),
    Permission("faults.send", _("Send fault reports from other programs")),
)

_SEE = frozenset({"faults.see", "units.see", "people.see", "calendars.see"})

ROLES = (
    Role("fault-administrator", _("fault reports: administrator"), Reach.EVERYWHERE, _SEE | {"faults.categories"}),
    Role("super-overseer", _("super-overseer"), Reach.EVERYWHERE,
         _SEE | {"faults.register", "faults.pass", "faults.coordinate", "faults.execute", "faults.send",
                 "faults.remove"}),
    Role("operator", _("operator"), Reach.EVERYWHERE, _SEE | {"faults.register", "faults.pass", "faults.send"}),
    Role("overseer", _("overseer"), Reach.UNIT, _SEE),
    Role("reporting-program", _("program that sends fault reports"), Reach.EVERYWHERE, frozenset({"faults.send"})),
    Role("coordinator", _("coordinator"), Reach.GROUP, _SEE | {"faults.coordinate"}),
    Role("executor", _("executor"), Reach.GROUP, _SEE | {"faults.execute"}),
)  # fmt: skip
