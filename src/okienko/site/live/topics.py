"""What can be watched, and who may: the same `visible_to` as on pages, when watching begins and at every change."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from okienko.base import numbers
from okienko.kernel.cases import queries as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import all_procedures
from okienko.kernel.people.access import may
from okienko.kernel.people.models import Person
from okienko.kernel.slots import queries as slots

MOST_TOPICS = 10
MOST_RESOURCES = 50
_SLOTS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18})*")


@dataclass(frozen=True, slots=True)
class Topic:
    """`case:<number>`, `list:<procedure>` or `slots:<ids of resources>`, and what it stands for."""

    name: str
    case_id: int | None = None
    procedure: str = ""
    resources: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed between two looks: cases by id with their procedures, and resources; or so many of them at once
    that they are not named."""

    cases: Mapping[int, str] = field(default_factory=dict)
    resources: frozenset[int] = frozenset()
    many_cases: bool = False
    many_resources: bool = False

    def __bool__(self) -> bool:
        return bool(self.cases or self.resources or self.many_cases or self.many_resources)


def allowed(person: Person, names: Iterable[str]) -> list[Topic]:
    """Those that there are for this person; of the others nothing is said."""
    found = (_topic(person, name) for name in list(dict.fromkeys(names))[:MOST_TOPICS])
    return [topic for topic in found if topic is not None]


def _topic(person: Person, name: str) -> Topic | None:
    kind, _, rest = name.partition(":")
    match kind:
        case "case" if numbers.is_whole(rest):
            case_id = cases.visible_to(person).filter(number=rest).values_list("pk", flat=True).first()
            return Topic(name, case_id=case_id) if case_id else None
        case "list":
            seen = any(table.code == rest and may(person, table.see_permission) for table in all_procedures())
            return Topic(name, procedure=rest) if seen else None
        case "slots" if _SLOTS.fullmatch(rest):
            wanted = frozenset(int(part) for part in rest.split(","))
            if len(wanted) > MOST_RESOURCES:
                return None
            count = slots.visible_to(person).filter(pk__in=wanted).count()
            return Topic(name, resources=wanted) if count == len(wanted) else None
        case _:
            return None


def procedures_of(case_ids: Collection[int]) -> dict[int, str]:
    return dict(Case.objects.filter(pk__in=case_ids).values_list("pk", "procedure")) if case_ids else {}


def _among_many(topic: Topic, changed: Changed) -> bool:
    return changed.many_resources if topic.resources else changed.many_cases


def touched(topic: Topic, changed: Changed) -> bool:
    if _among_many(topic, changed):
        return True
    if topic.case_id is not None:
        return topic.case_id in changed.cases
    if topic.procedure:
        return topic.procedure in changed.cases.values()
    return not topic.resources.isdisjoint(changed.resources)


def to_tell(person: Person, topics: Iterable[Topic], changed: Changed) -> list[str]:
    """The names of the topics in which something changed that the person may see now."""
    near = [topic for topic in topics if touched(topic, changed)]
    wanted = {
        case_id
        for topic in near
        for case_id, procedure in changed.cases.items()
        if case_id == topic.case_id or procedure == topic.procedure
    }
    seen = (
        set(cases.visible_to(person).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    )
    found = []
    for topic in near:
        if _among_many(topic, changed):
            tell = bool(allowed(person, [topic.name]))
        elif topic.case_id is not None:
            tell = topic.case_id in seen
        elif topic.procedure:
            tell = any(changed.cases[case_id] == topic.procedure for case_id in seen)
        else:
            resources = topic.resources & changed.resources
            tell = slots.visible_to(person).filter(pk__in=resources).exists()
        if tell:
            found.append(topic.name)
    return found
