import pytest

from okienko.features.faults.letters.rules import LEAVING, Paper, in_law, papers
from okienko.features.faults.rules import PROCEDURE


@pytest.mark.parametrize(
    ("step", "facts", "expected"),
    [
        pytest.param(
            "pass-to-coordinator", {"state": "coordinator", "to_entity": True, "was_sent": False},
            (Paper.COVERING,), marks=pytest.mark.req("FAULT-20"),
        ),
        pytest.param(
            "pass-to-coordinator", {"state": "coordinator", "to_entity": False, "was_sent": False}, (),
            marks=pytest.mark.req("FAULT-20"),
        ),
        pytest.param(
            "pass-to-coordinator", {"state": "returned", "to_entity": True, "was_sent": False}, (),
            marks=pytest.mark.req("FAULT-20"),
        ),
        pytest.param(
            "unit-outside", {"state": "elsewhere", "to_entity": False, "was_sent": False},
            (Paper.COVERING, Paper.NOTE), marks=pytest.mark.req("FAULT-22"),
        ),
        pytest.param(
            "unit-outside", {"state": "elsewhere", "to_entity": False, "was_sent": True},
            (Paper.COVERING, Paper.MESSAGE), marks=pytest.mark.req("FAULT-22"),
        ),
        pytest.param(
            "not-the-citys", {"state": "elsewhere", "to_entity": False, "was_sent": True},
            (Paper.COVERING, Paper.MESSAGE), marks=pytest.mark.req("FAULT-21"),
        ),
        ("resolve", {"state": "resolved", "to_entity": True, "was_sent": True}, ()),
    ],
)  # fmt: skip
def test_which_papers_go_with_it(step, facts, expected):
    assert papers(step, **facts) == expected


def test_every_step_of_leaving_is_in_the_table():
    assert set(LEAVING) <= {row.code for row in PROCEDURE.steps}


@pytest.mark.parametrize(
    ("basis", "spelled"),
    [
        ("§ 14", "§ 14"),
        ("§ 13(1), 13(3)", "§ 13 ust. 1 i 3"),
        ("§ 21(2)3", "§ 21 ust. 2 pkt 3"),
        ("§ 23 →", "§ 23"),
    ],
)
def test_a_paragraph_is_written_as_in_letters(basis, spelled):
    assert in_law(basis) == spelled
