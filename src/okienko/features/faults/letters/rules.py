"""Which papers go with a report that leaves the city hall, and the paragraph that each is written on.

No paper carries the reporter's name, phone or e-mail: giving them is consent to be answered by the office (§ 26 of the
order), not to be handed on. Whoever gets the paper answers the office under its number, and the office answers the
reporter. What was sent is printed word for word without the contact data that came with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Paper(StrEnum):
    COVERING = "covering"
    NOTE = "note"
    MESSAGE = "message"


# The steps by which a report leaves the city hall; the first two are also those of its own departments.
PASSED_ON = ("pass-to-coordinator", "reopen")
_PAPERS: Mapping[str, tuple[Paper, ...]] = MappingProxyType(
    {
        **dict.fromkeys(PASSED_ON, (Paper.COVERING,)),
        "not-the-citys": (Paper.COVERING, Paper.NOTE, Paper.MESSAGE),
        "unit-outside": (Paper.COVERING, Paper.NOTE, Paper.MESSAGE),
        "to-outside-body": (Paper.COVERING,),
    }
)
LEAVING = tuple(_PAPERS)
BACK_WITH_US = frozenset({"new", "returned"})


def papers(step: str, *, state: str, to_entity: bool, was_sent: bool) -> tuple[Paper, ...]:
    """`to_entity`: it lies with a municipal entity. `was_sent`: what came in is kept as it came (a form, a mail);
    what was said by phone is in a note instead."""
    if step not in _PAPERS or state in BACK_WITH_US or (step in PASSED_ON and not to_entity):
        return ()
    never = Paper.NOTE if was_sent else Paper.MESSAGE
    return tuple(paper for paper in _PAPERS[step] if paper is not never)


def in_law(basis: str) -> str:
    """“§ 21(2)3” of the table as it stands in letters: “§ 21 ust. 2 pkt 3”; “§ 13(1), 13(3)”: “§ 13 ust. 1 i 3”."""
    spelled = re.sub(r"(\b\d+)(\(\d+\)), \1\((\d+)\)(?!\d)", r"\1\2 i \3", basis.removesuffix(" →"))
    spelled = re.sub(r"\((\d+)\)(\d+)", r" ust. \1 pkt \2", spelled)
    return re.sub(r"\((\d+)\)", r" ust. \1", spelled)
