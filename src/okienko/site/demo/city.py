"""An invented city: nobody and nothing in it exists."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from okienko.base import time
from okienko.features.faults import actions as faults
from okienko.features.faults import factories as drawn
from okienko.features.faults.joining import actions as joining
from okienko.features.faults.joining.factories import make_submission
from okienko.features.faults.letters.factories import make_letter
from okienko.features.faults.models import Area, Category
from okienko.features.faults.places import actions as places
from okienko.features.visits.desk.actions import open_room
from okienko.features.visits.embed.factories import make_site
from okienko.features.visits.factories import demo_services
from okienko.kernel.calendars.factories import CITY, make_calendar
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.office.actions import change_office
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.units.actions import add_group, add_location, add_unit
from okienko.kernel.units.models import Group, Unit
from okienko.site.demo.articles import write_articles

BY = Actor.system("demonstration")
PASSWORD = "okienko-na-probe"  # noqa: S105  (printed at every start; refused in production)


def _sign_in(role: str, name: str) -> tuple[str, str, str]:
    return role, f"{name}@okienko.example", PASSWORD


SIGN_INS = (
    _sign_in("administrator", "administrator"),
    _sign_in("supernadzorca", "supernadzorca"),
    _sign_in("operator", "operator"),
    _sign_in("nadzorca", "nadzorca"),
    _sign_in("koordynator", "koordynator"),
    _sign_in("realizator", "realizator"),
    _sign_in("urzędnik", "urzednik"),
    _sign_in("inspektor ochrony danych", "iod"),
    _sign_in("mieszkanka", "mieszkanka"),
)


def load(scale: int = 0, *, reports: int = 0) -> None:
    """`reports`: how many more of them lie all over the map."""
    at = time.now()
    with transaction.atomic():
        if not Unit.objects.exists():
            city = _City(at)
            city.build()
            city.reports_all_over(reports)
    if scale:
        from okienko.site.demo.many import fill

        fill(scale, at=at)


class _City:
    def __init__(self, at: datetime) -> None:
        self.at = at
        self.long_ago = at - timedelta(days=60)

    def build(self) -> None:
        make_calendar(by=BY, at=self.long_ago, week=CITY, name="Godziny pracy urzędu miasta")
        self.units()
        self.people()
        self.counters()
        self.map()
        self.categories()
        self.reports()
        self.joined()
        write_articles(by=BY, at=self.long_ago)

    def unit(self, symbol: str, name: str, parent: Unit | None = None, **details: Any) -> Unit:
        return add_unit(by=BY, at=self.long_ago, symbol=symbol, name=name, parent=parent, **details)

    def group(self, unit: Unit, symbol: str, name: str, kind: str) -> Group:
        return add_group(by=BY, at=self.long_ago, unit=unit, symbol=symbol, name=name, kind=kind)

    def units(self) -> None:
        contact: dict[str, Any] = {
            "address": "ul. Przykładowa 1, 00-000 Przykładów",
            "phone": "+48 00 000 00 00",
        }
        change_office(
            by=BY, at=self.long_ago, version=0, name="Miasto Przykładów", subtitle="Urząd Miasta", colour="#14509a",
            contact=f"Urząd Miasta Przykładów, {contact['address']}, tel. {contact['phone']}",
        )  # fmt: skip
        self.hall = self.unit("UM", "Urząd Miasta Przykładów", email="urzad@okienko.example", **contact)
        self.roads = self.unit("ZDM", "Zarząd Dróg Miejskich w Przykładowie", self.hall)
        self.green = self.unit("ZZM", "Zarząd Zieleni Miejskiej w Przykładowie", self.hall)
        self.waste = self.unit("WGK", "Wydział Gospodarki Komunalnej", self.hall)
        self.water = self.unit(
            "WPW", "Wodociągi Przykładowskie sp. z o.o.", own_entity=True, email="wodociagi@okienko.example",
            address="ul. Umowna 2, 00-000 Przykładów",
        )  # fmt: skip
        self.road_desk = self.group(self.roads, "ZDM-K", "Koordynatorzy dróg", Group.Kind.COORDINATORS)
        self.road_team = self.group(self.roads, "ZDM-R1", "Brygada nawierzchni", Group.Kind.EXECUTORS)
        self.lamp_team = self.group(self.roads, "ZDM-R2", "Brygada oświetlenia", Group.Kind.EXECUTORS)
        self.green_desk = self.group(self.green, "ZZM-K", "Koordynatorzy zieleni", Group.Kind.COORDINATORS)
        self.green_team = self.group(self.green, "ZZM-R", "Ogrodnicy miejscy", Group.Kind.EXECUTORS)
        self.waste_desk = self.group(self.waste, "WGK-K", "Koordynatorzy czystości", Group.Kind.COORDINATORS)
        self.waste_team = self.group(self.waste, "WGK-R", "Patrol porządkowy", Group.Kind.EXECUTORS)
        self.water_desk = self.group(self.water, "WPW-K", "Dyspozytorzy wodociągów", Group.Kind.COORDINATORS)
        self.place = add_location(
            by=BY, at=self.long_ago, unit=self.hall, name="Ratusz, sala obsługi", address=contact["address"]
        )

    def people(self) -> None:
        names: dict[str, tuple[str, str, tuple[str, dict[str, Any]]]] = {
            "administrator": ("Adam", "Adminowski", ("administrator", {})),
            "supernadzorca": ("Nadzieja", "Nadrzędna", ("super-overseer", {})),
            "operator": ("Olga", "Operatorska", ("operator", {})),
            "nadzorca": ("Norbert", "Nadzorowicz", ("overseer", {"unit": self.roads})),
            "koordynator": ("Kazimiera", "Koordynacka", ("coordinator", {"group": self.road_desk})),
            "realizator": ("Remigiusz", "Realizacki", ("executor", {"group": self.road_team})),
            "urzednik": ("Urszula", "Urzędnicka", ("clerk", {"unit": self.hall})),
            "iod": ("Ignacy", "Ochroniarski", ("data-protection-officer", {})),
            "realizatorka": ("Róża", "Latarniana", ("executor", {"group": self.lamp_team})),
            "ogrodniczka": ("Gabriela", "Grządkowska", ("executor", {"group": self.green_team})),
            "zielen": ("Zenon", "Zieliński-Próbny", ("coordinator", {"group": self.green_desk})),
            "czystosc": ("Czesława", "Czyścioch", ("coordinator", {"group": self.waste_desk})),
            "porzadki": ("Przemysław", "Porządkowski", ("executor", {"group": self.waste_team})),
        }
        self.staff = {
            name: make_staff(
                f"{name}@okienko.example", role, by=BY, at=self.long_ago, first_name=first, last_name=last,
                password=PASSWORD, **where,
            )
            for name, (first, last, (role, where)) in names.items()
        }  # fmt: skip
        resident = Person(
            email="mieszkanka@okienko.example",
            first_name="Marta",
            last_name="Mieszkanka",
            joined_at=self.long_ago,
        )
        resident.set_password(PASSWORD)
        resident.save()
        self.resident = resident
        self._verify_addresses()

    def _verify_addresses(self) -> None:
        from allauth.account.models import EmailAddress

        for person in [*self.staff.values(), self.resident]:
            EmailAddress.objects.update_or_create(
                user=person, email=person.email, defaults={"verified": True, "primary": True}
            )

    def counters(self) -> None:
        from okienko.kernel.calendars.queries import calendar_named

        made = []
        for number in range(1, 6):
            counter = slots.add_resource(
                by=BY, at=self.long_ago, kind="counter", name=f"Okienko {number}", unit=self.hall,
                location=self.place, priority=number, calendar=calendar_named("office"),
            )  # fmt: skip
            week = {
                day: [["08:00", "12:00"], ["12:30", "15:30"]] for day in ("mon", "tue", "wed", "thu", "fri")
            }
            slots.set_hours(
                counter,
                by=BY,
                at=self.long_ago,
                first=date(self.at.year, 1, 1),
                last=None,
                week=week,
                step=15,
            )
            made.append(counter)
        demo_services(by=BY, at=self.at, unit=self.hall, counters=made)
        open_room(self.place, by=BY, at=self.at)
        make_site(
            by=BY, at=self.at, name="Biuletyn Informacji Publicznej", origin="https://bip.okienko.example"
        )

    def map(self) -> None:
        places.load_areas(drawn.districts(), Area.Kind.DISTRICT, by=BY, at=self.long_ago)
        places.load_streets(drawn.streets(), by=BY, at=self.long_ago)

    def categories(self) -> None:
        rows: tuple[tuple[str, str, str, Group | None, tuple[tuple[str, bool], ...]], ...] = (
            ("nawierzchnia", "NA", "Dziury w jezdni", self.road_desk,
             (("Jak duża jest dziura?", True), ("Czy jest na pasie ruchu?", False))),
            ("chodnik", "CH", "Chodniki", self.road_desk, (("Czy ktoś mógł się przewrócić?", False),)),
            ("oswietlenie", "OS", "Oświetlenie ulic", self.road_desk,
             (("Numer na słupie?", False), ("Ile lamp nie świeci?", False))),
            ("zielen", "ZI", "Drzewa i zieleń", self.green_desk, (("Czy gałąź zagraża ludziom?", False),)),
            ("odpady", "OD", "Odpady i czystość", self.waste_desk, (("Co leży i ile tego jest?", False),)),
        )  # fmt: skip
        for code, shortcut, name, group, questions in rows:
            faults.add_category(
                by=BY, at=self.long_ago, code=code, shortcut=shortcut, name=name, group=group, questions=questions,
                release_photos=code == "nawierzchnia",
            )  # fmt: skip
        faults.add_category(
            by=BY, at=self.long_ago, code="snieg", shortcut="SN", name="Śnieg i lód",
            handled_elsewhere="Odśnieżaniem zajmuje się Wydział Gospodarki Komunalnej, całą dobę.",
            elsewhere_phone="+48 00 000 00 01",
        )  # fmt: skip
        faults.add_category(
            by=BY,
            at=self.long_ago,
            code="poczta",
            shortcut="PO",
            name="Poczta do rozdzielenia",
            takes_mail=True,
        )

    def reports_all_over(self, count: int) -> None:
        """What fills the map of the demonstration; tests do without it."""
        told = {
            "nawierzchnia": "Dziura na środku pasa, samochody ją omijają.",
            "chodnik": "Wystaje płyta, można się potknąć.",
            "oswietlenie": "Nie świeci latarnia.",
            "zielen": "Złamana gałąź wisi nad chodnikiem.",
            "odpady": "Przepełniony kosz, śmieci leżą dookoła.",
        }
        categories = list(Category.objects.filter(code__in=told).order_by("pk"))
        for number, (street, house, latitude, longitude) in enumerate(drawn.spots(count)):
            category = categories[number % len(categories)]
            faults.report_fault(
                by=BY, at=self.at - timedelta(hours=7 * number + 5), channel="page", category=category, street=street,
                house_number=house, latitude=latitude, longitude=longitude, description=told[category.code],
            )  # fmt: skip

        if count:
            self.report_with_letter()

    def report_with_letter(self) -> None:
        """It lies with the waterworks, an entity outside the city hall, and the letter that went with it is kept."""
        came = self.at - timedelta(days=1)
        case = faults.report_fault(
            by=self.actor("operator"), at=came, channel="phone", category=Category.objects.get(code="nawierzchnia"),
            place="ul. Makietowa 5", description="Spod jezdni wypływa woda.",
        )  # fmt: skip
        given: dict[str, Any] = {"group": self.water_desk, "rpw": "RPW/12346/2026"}
        cases.take_step(case.pk, "pass-to-coordinator", by=self.actor("operator"), at=came, **given)
        make_letter(case, by=self.actor("operator"), at=came, person=self.staff["operator"])

    def reports(self) -> None:
        told = (
            (0.1, "nawierzchnia", "ul. Zmyślona 4", "Głęboka dziura przy przejściu dla pieszych.", ()),
            (0.4, "oswietlenie", "al. Niebyła 12", "Od trzech dni nie świeci latarnia.", ()),
            (2, "zielen", "Park Wymyślony", "Złamana gałąź wisi nad ścieżką.", ("green",)),
            (3, "chodnik", "ul. Fikcyjna 7", "Wystaje płyta chodnikowa, można się potknąć.", ("roads",)),
            (
                6,
                "nawierzchnia",
                "ul. Umowna 21",
                "Zapadnięta studzienka na środku jezdni.",
                ("roads", "team"),
            ),
            # Of eleven days ago: on no day of the week is its time over yet.
            (11, "nawierzchnia", "ul. Próbna 3", "Wyrwa po zimie, coraz większa.", ("roads", "team", "take")),
            (20, "oswietlenie", "pl. Testowy", "Nie świeci cały rząd lamp.", ("roads", "team", "take")),
            (
                25,
                "chodnik",
                "ul. Zmyślona 9",
                "Brak kostki przy krawężniku.",
                ("roads", "team", "take", "done"),
            ),
        )
        for days, category, place, what, steps in told:
            came = self.at - timedelta(days=days)
            case = faults.report_fault(
                by=self.actor("operator"), at=came, channel="phone", category=Category.objects.get(code=category),
                place=place, description=what, contact_name="Anonim Przykładowy", contact_phone="600000000",
                wants_answer=days > 10,
            )  # fmt: skip
            for number, name in enumerate(steps, start=1):
                self.follow(case, name, came + timedelta(hours=3 * number))

    def joined(self) -> None:
        """The waterworks work here, and a change of their people waits for the super-overseer."""
        by, began = self.actor("supernadzorca"), self.long_ago.date()
        one = joining.join(
            self.water, by=by, at=self.long_ago, asked_by="Walentyna Wodna, prezes zarządu", agreed_on=began,
            starts_on=began + timedelta(days=14),
        )  # fmt: skip
        desk = ["WPW-K", "Dyspozytorzy wodociągów", "koordynator"]
        first = ["wodna@okienko.example", "Wiesława", "Wodna", "WPW", *desk]
        team = [
            "kranik@okienko.example",
            "Klemens",
            "Kranik",
            "WPW",
            "WPW-R",
            "Pogotowie wodne",
            "realizator",
        ]
        made = make_submission(one, [first, team], by=by, at=self.long_ago, name="wodociagi.xlsx")
        joining.agree(made.pk, by=by, at=self.long_ago)
        more = ["rura@okienko.example", "Renata", "Rura", "WPW", *desk]
        make_submission(one, [first, more], by=by, at=self.at, name="wodociagi-zmiany.xlsx")

    def follow(self, case: Case, name: str, at: datetime) -> None:
        lamps = case.kind == "oswietlenie"
        team, executor = (self.lamp_team, "realizatorka") if lamps else (self.road_team, "realizator")
        steps: dict[str, tuple[str, str, dict[str, Any]]] = {
            "green": ("operator", "pass-to-coordinator", {"group": self.green_desk}),
            "roads": ("operator", "pass-to-coordinator", {"group": self.road_desk}),
            "team": ("koordynator", "pass-to-executor", {"group": team}),
            "take": (executor, "executor-takes-up", {}),
            "done": (
                executor, "resolve",
                {"done": "Uzupełniono kostkę.", "rpw": "RPW/12345/2026", "answer": "Zadzwoniono do zgłaszającego: naprawione."},
            ),
        }  # fmt: skip
        who, step, inputs = steps[name]
        cases.take_step(case.pk, step, by=self.actor(who), at=at, **inputs)

    def actor(self, name: str) -> Actor:
        person = self.staff[name]
        return Actor(person.pk, person.name)
