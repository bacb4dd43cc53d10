"""What a program sends for a step, read by the table of the procedure, with every wrong input named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from okienko.base.decisions import Refused
from okienko.kernel.cases import queries
from okienko.kernel.cases.holders import demand_fitting
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import Input, Need, Step
from okienko.kernel.cases.sentences import refusal
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import visible_to as people_visible_to
from okienko.kernel.units.models import Group, Unit

LONGEST = {Input.TEXT: 250, Input.LONG_TEXT: 10_000}


class _Wrong(Exception):
    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


def read(step: Step, given: Mapping[str, Any], case: Case, person: Person, *, on: date) -> dict[str, Any]:
    """`on`: the day on which it really happened, from which other days are counted."""
    known, facts = {need.name: need for need in step.needs}, case.facts
    found: dict[str, Any] = {}
    errors = [_error(name, _Wrong("extra_forbidden")) for name in given if name not in known]
    for name, need in known.items():
        value = given.get(name)
        if value in (None, ""):
            if need.required or need.required_if in facts:
                errors.append(_error(name, _Wrong("missing")))
            continue
        try:
            found[name] = _value(step, need, value, case, person)
        except _Wrong as wrong:
            errors.append(_error(name, wrong))
    errors += [
        _error(denied.field or "", _Wrong(denied.code, str(refusal(denied))))
        for denied in step.wrong_days(found, case.days(on))
    ]
    if errors:
        raise ValidationError(errors)
    return found


def _error(name: str, wrong: _Wrong) -> dict[str, Any]:
    return {"type": wrong.code, "loc": ("body", "given", "inputs", name), "words": wrong.words}


def _value(step: Step, need: Need, value: Any, case: Case, person: Person) -> Any:
    match need.kind:
        case Input.TEXT | Input.LONG_TEXT:
            text = _text(value)
            if len(text) > LONGEST[need.kind]:
                raise _Wrong("string_too_long")
            if need.pattern and not re.search(need.pattern, text):
                raise _Wrong("string_pattern_mismatch")
            return text
        case Input.DATE:
            return _parsed(date.fromisoformat, value, "date_type")
        case Input.MOMENT:
            moment = _parsed(datetime.fromisoformat, value, "datetime_type")
            if moment.tzinfo is None:
                raise _Wrong("timezone_aware")
            return moment
        case Input.CHOICE:
            if value not in [code for code, _name in need.choices]:
                raise _Wrong("enum")
            return value
        case Input.YES_NO:
            if not isinstance(value, bool):
                raise _Wrong("bool_type")
            return value
        case Input.GROUP:
            return _group(step, case, _text(value))
        case Input.UNIT:
            return _one(
                Unit.objects.filter(active=True, symbol=_text(value)).first(), _("There is no such unit.")
            )
        case Input.PERSON:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
                raise _Wrong("int_type")
            people = people_visible_to(person).filter(is_active=True, pk=value)
            return _one(people.first(), _("There is no such person."))


def _group(step: Step, case: Case, symbol: str) -> Group:
    found = queries.groups_to_pass_to(case, step).filter(symbol=symbol).first()
    if found is not None:
        return found
    known = Group.objects.select_related("unit").filter(active=True, unit__active=True, symbol=symbol).first()
    if known is not None:
        try:
            demand_fitting(case, step, known)
        except Refused as refused:
            raise _Wrong(refused.code, str(refused)) from refused
    raise _Wrong("unknown", _("There is no such group."))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("string_type")
    text = value.strip()
    if not text:
        raise _Wrong("missing")
    return text


def _parsed(parse: Any, value: Any, code: str) -> Any:
    try:
        return parse(_text(value))
    except ValueError:
        raise _Wrong(code) from None


def _one(found: Any, words: str) -> Any:
    if found is None:
        raise _Wrong("unknown", words)
    return found
