from __future__ import annotations

import io
import json
from typing import Any

import pytest

from okienko.kernel.calendars.wire import WrongQuestion, answer, answer_lines, converse

WEEK: dict[str, Any] = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
QUESTION: dict[str, Any] = {
    "timezone": "Europe/Warsaw",
    "week": WEEK,
    "statutory": "PL",
    "exceptions": {},
    "from": "2026-11-10T10:00:00+01:00",
    "rule": {"working_days": 1},
    "counts_from": "as_it_came",
    "stops": [],
}


def ask(**changed: Any) -> dict[str, Any]:
    question = {**QUESTION, **changed}
    return answer({key: value for key, value in question.items() if value is not ...})


@pytest.mark.req("CORE-15")
def test_the_answer_explains_itself() -> None:
    assert ask() == {
        "due": "2026-11-12T15:00:00Z",
        "steps": [
            {"date": "2026-11-10", "counted": False, "reason": "day of the event"},
            {"date": "2026-11-11", "counted": False, "reason": "Independence Day"},
            {"date": "2026-11-12", "counted": True, "reason": "working day"},
        ],
        "moved_by": 0,
    }


@pytest.mark.req("CORE-14")
def test_stops_move_it_and_an_open_one_leaves_it_open() -> None:
    stop = ["2026-11-12T09:00:00+01:00", "2026-11-12T11:00:00+01:00"]
    assert ask(rule={"working_hours": 10}, stops=[stop, stop])["moved_by"] == 7200
    assert ask(rule={"working_hours": 10}, stops=[[stop[0], None]]) == {
        "due": None,
        "steps": [
            {"date": "2026-11-10", "counted": True, "reason": "working day"},
            {"date": "2026-11-11", "counted": False, "reason": "Independence Day"},
            {"date": "2026-11-12", "counted": True, "reason": "clock stopped for a part of the day"},
        ],
        "moved_by": None,
        "remaining": 3 * 3600,
    }


@pytest.mark.req("CORE-13")
def test_until() -> None:
    assert ask(rule=..., until="2026-11-12T09:30:00.5+01:00")["working_seconds"] == 6 * 3600 + 5400.5
    assert ask(rule=..., until="2026-11-09T12:00:00Z")["working_seconds"] == 0
    stop = ["2026-11-12T08:00:00+01:00", "2026-11-12T09:00:00+01:00"]
    assert (
        ask(rule=..., until="2026-11-12T09:30:00+01:00", stops=[stop])["working_seconds"] == 6 * 3600 + 1800
    )


@pytest.mark.req("CORE-12")
def test_from_when_the_event_counts_is_asked_too() -> None:
    late = {"from": "2026-11-10T18:00:00+01:00", "rule": {"working_days": 1}}
    assert ask(**late)["due"] == "2026-11-12T15:00:00Z"
    assert ask(**late, counts_from="late_is_next_day")["due"] == "2026-11-13T15:00:00Z"
    until = {**late, "rule": ..., "from": "2026-11-10T07:00:00+01:00", "until": "2026-11-10T09:00:00+01:00"}
    assert ask(**until)["working_seconds"] == 3600
    assert ask(**until, counts_from="outside_is_next_day")["working_seconds"] == 0


def test_what_may_be_left_out() -> None:
    assert ask(statutory=..., exceptions=..., counts_from=..., stops=...)["due"] == "2026-11-11T15:00:00Z"
    assert ask(statutory=None, exceptions=None, counts_from=None, stops=None)["due"] == "2026-11-11T15:00:00Z"


WRONG: list[dict[str, Any]] = [
    {"timezone": "Mars/Base"},
    {"timezone": "../../etc/passwd"},
    {"timezone": "Europe"},
    {"timezone": 5},
    {"timezone": ...},
    {"week": []},
    {"week": {"monday": []}},
    {"week": {"mon": "08:00-16:00"}},
    {"week": {"mon": None}},
    {"week": {"mon": [["08:00"]]}},
    {"week": {"mon": [["8:00", "16:00"]]}},
    {"week": {"mon": [["16:00", "08:00"]]}},
    {"week": {"mon": [["08:00", "08:00"]]}},
    {"week": {"mon": [["24:00", "24:00"]]}},
    {"week": {"mon": [["08:00", "24:01"]]}},
    {"week": {"mon": [["08:00", "12:00"], ["11:59", "16:00"]]}},
    {"week": {"mon": [["٠٨:00", "16:00"]]}},
    {"week": {}},
    {"statutory": "DE"},
    {"statutory": True},
    {"exceptions": []},
    {"exceptions": {"2026-02-30": []}},
    {"exceptions": {"20261111": []}},
    {"exceptions": {"2026-11-11": [["x", "y"]]}},
    {"from": "2026-11-10T10:00:00"},
    {"from": "2026-11-10"},
    {"from": "yesterday"},
    {"from": 1762768800},
    {"from": None},
    {"from": "0001-01-01T00:00:00+14:00"},
    {"from": "9999-12-31T23:59:59-12:00"},
    {"from": "1989-06-01T12:00:00Z"},
    {"rule": ...},
    {"until": "2026-11-12T09:30:00Z"},
    {"rule": {}},
    {"rule": "working_days"},
    {"rule": {"working_days": 1, "hours": 1}},
    {"rule": {"fortnights": 1}},
    {"rule": {"working_days": 0}},
    {"rule": {"nth_working_day_of_next_month": 0}},
    {"rule": {"nth_working_day_of_next_month": 24}},
    {"rule": {"hours": -1}},
    {"rule": {"working_days": 1.5}},
    {"rule": {"working_days": "1"}},
    {"rule": {"working_days": True}},
    {"rule": {"working_days": None}},
    {"rule": {"working_days": 10**400}},
    {"rule": {"working_days": 1, "basis": 5}},
    {"counts_from": "whenever"},
    {"counts_from": ["as_it_came"]},
    {"stops": {}},
    {"stops": [["2026-11-12T09:00:00Z"]]},
    {"stops": [[None, "2026-11-12T09:00:00Z"]]},
    {"stops": [["2026-11-12T09:00:00Z", "2026-11-12T08:00:00Z"]]},
    {"stops": [["2026-11-12T09:00:00", None]]},
    {"nobody": "knows this"},
]


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize("changed", WRONG, ids=lambda changed: json.dumps(changed, default=str)[:60])
def test_wrong_questions_are_refused_in_words(changed: dict[str, Any]) -> None:
    with pytest.raises(WrongQuestion) as refused:
        ask(**changed)
    assert 5 < len(str(refused.value)) < 200


@pytest.mark.parametrize("question", [None, 5, "x", [], [QUESTION], True])
def test_a_question_is_an_object(question: object) -> None:
    with pytest.raises(WrongQuestion):
        answer(question)


def test_wrong_lines_do_not_stop_the_rest() -> None:
    good = json.dumps(QUESTION).encode() + b"\n"
    bad = [
        b"\n",
        b"   \n",
        b"{\n",
        b"null\n",
        b"\xff\xfe\n",
        b"\x00\n",
        good.replace(b"1}", b"NaN}"),
        good.replace(b"1}", b"-Infinity}"),
        good.replace(b"1}", b"1e999}"),
        good.replace(b"1}", b"9" * 5000 + b"}"),
        good.replace(b'"stops"', b'"from"'),
        good.replace(b"Warsaw", b"\\ud800"),
        b"[" * 100_000 + b"\n",
        b'{"a":' * 100_000 + b"\n",
        b'"' + b"x" * 10_000_000 + b'"\n',
    ]
    replies = [json.loads(line) for line in answer_lines([line for wrong in bad for line in (wrong, good)])]
    assert all(set(reply) == {"error"} for reply in replies[::2])
    assert all(reply["due"] == "2026-11-12T15:00:00Z" for reply in replies[1::2])


def test_a_line_of_ten_megabytes_is_answered() -> None:
    stop = ["2026-11-12T09:00:00+01:00", "2026-11-12T11:00:00+01:00"]
    line = json.dumps({**QUESTION, "rule": {"working_hours": 10}, "stops": [stop] * 170_000}).encode()
    assert len(line) > 10_000_000
    (reply,) = answer_lines([line])
    assert json.loads(reply)["moved_by"] == 7200


def test_each_answer_is_out_before_the_next_question_is_read() -> None:
    class Pipe(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    pipe = Pipe()

    def questions() -> Any:
        for number in range(3):
            assert (pipe.flushed, pipe.getvalue().count("\n")) == (number, number)
            yield json.dumps(QUESTION).encode()

    converse(questions(), pipe)
    assert pipe.flushed == 3
