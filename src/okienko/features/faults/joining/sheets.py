"""The fixed form: who works in the unit, and what must be known about a report. Headings are always Polish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from okienko.features.faults.joining.rules import KINDS, OVERSEER, ROLES
from okienko.kernel.people.organisation.reading import Form, not_one_of, not_plain
from okienko.kernel.people.organisation.sheets import NO, YES, Content, Row, Sheet
from okienko.kernel.people.organisation.writing import book_of
from okienko.kernel.units.models import Group

PEOPLE, QUESTIONS = "Osoby", "Minimum informacji"
SHEETS = (
    Sheet(
        PEOPLE,
        (
            ("E-mail", "email"), ("Imię", "first_name"), ("Nazwisko", "last_name"), ("Komórka", "inner"),
            ("Symbol grupy", "group"), ("Nazwa grupy", "group_name"), ("Grupa uprawnień", "permissions"),
        ),
        ("email", "permissions", "inner", "group"),
    ),
    Sheet(
        QUESTIONS,
        (("Kategoria", "category"), ("Co trzeba wiedzieć", "text"), ("Obowiązkowe", "required")),
        ("category", "text"),
    ),
)  # fmt: skip
_LONGEST = {"email": 254, "first_name": 150, "last_name": 150, "group": 40, "group_name": 200, "text": 200}
_OPTIONAL = frozenset({"group", "group_name"})
GROUP_KINDS = (Group.Kind.COORDINATORS, Group.Kind.EXECUTORS)


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are judged against: symbols of the unit and its inner units, every group there is with its inner unit
    (`None` of another unit), kind and name, the categories that are the unit's or nobody's, and e-mails of residents."""

    inner: Sequence[str]
    groups: dict[str, tuple[str | None, str, str]]
    categories: Sequence[str]
    residents: frozenset[str]

    def form(self) -> Form:
        return Form(SHEETS, self._faults)

    def name_of(self, group: str) -> str:
        """A group without a name in the file has its own, or is called by its symbol."""
        return self.groups[group][2] if group in self.groups else group

    def _faults(self, sheet: Sheet, row: Row) -> Iterator[tuple[str, str]]:
        wrong = False
        for field, cell in row.items():
            says = not_plain(cell, required=field not in _OPTIONAL) or self._fault(field, cell)
            if says:
                wrong = True
                yield field, says
        if sheet.name == PEOPLE and not wrong:
            yield from self._place_faults(row)

    def _fault(self, field: str, cell: str) -> str:
        if len(cell) > _LONGEST.get(field, 300):
            return _("This is too long: at most %(limit)d characters.") % {"limit": _LONGEST[field]}
        match field:
            case "email":
                try:
                    validate_email(cell)
                except ValidationError:
                    return _("This is not an e-mail address.")
                return _("This is the account of a resident.") if cell.lower() in self.residents else ""
            case "inner":
                return not_one_of(cell, self.inner)
            case "permissions":
                return not_one_of(cell, ROLES)
            case "category":
                return not_one_of(cell, self.categories)
            case "required":
                return not_one_of(cell, (YES, NO))
        return ""

    def _place_faults(self, row: Row) -> Iterator[tuple[str, str]]:
        """Overseers watch over an inner unit; everybody else works in a group of it, of their kind."""
        if row["permissions"] == OVERSEER:
            if row["group"]:
                yield "group", _("An overseer belongs to no group. Leave this cell empty.")
            return
        if not row["group"]:
            yield "group", _("Fill in the symbol of the group.")
            return
        inner, kind, _name = self.groups.get(row["group"], (row["inner"], _kind(row), ""))
        if inner != row["inner"]:
            yield "group", _("This group belongs to another unit.")
        elif kind != _kind(row):
            yield "group", _("This group is not of this kind. Choose another symbol.")


def _kind(row: Row) -> str:
    return KINDS[ROLES[row["permissions"]]]


def workbook(known: Known, now: Content, instructions: Sequence[str]) -> bytes:
    """The form with what is in force now; in an empty one the two sheets hold their headings alone."""
    offered = {
        "permissions": list(ROLES),
        "inner": known.inner,
        "category": known.categories,
        "required": [YES, NO],
    }
    rows = {name: held.values() for name, held in now.items()}
    return book_of(SHEETS, rows, offered, instructions)
