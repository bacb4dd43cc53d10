from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.features.visits import actions, rules
from okienko.features.visits.forms.booking import PhoneBookingForm
from okienko.features.visits.models import Booking, ExtraField
from okienko.features.visits.retention import RULE
from okienko.kernel.consents.retention import run
from okienko.kernel.history.queries import verify
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person

from .conftest import AT, BY
from .test_views import TYPED, hold

Kind = ExtraField.Kind


@pytest.fixture
def staff(office):
    client = Client(headers={"accept-language": "en"})
    make_staff("administrator@okienko.example", "administrator", by=BY, at=AT)
    client.force_login(Person.objects.get(email="administrator@okienko.example"))
    return client


def add(office, kind, label, **details):
    return actions.add_extra_field(office.service, by=BY, at=AT, kind=kind, label=label, **details)


def form_with(office, extra, value):
    given = {"start": "x", "name": "Anonim", "phone": "600000000", f"extra_{extra.pk}": value}
    return PhoneBookingForm(given, service=office.service, times=[])


@pytest.mark.req("BOOK-13")
@pytest.mark.parametrize(
    ("kind", "details", "wrong", "right"),
    [
        (Kind.PESEL, {}, "44051401459", "44051401458"),
        (Kind.NIP, {}, "123", "1234563218"),
        (Kind.REGON, {}, "1", "123456785"),
        (Kind.VIN, {}, "I", "WVWZZZ1JZ3W386752"),
        (Kind.IDENTITY_CARD, {}, "ABA400000", "ABA300000"),
        (Kind.PASSPORT, {}, "ZS1000177", "ZS0000177"),
        (Kind.LAND_REGISTER, {}, "LU1B/00012345/6", "LU1B/00012345/8"),
        (Kind.PLATE, {}, "1", "KR1234A"),
        (Kind.IBAN_PL, {}, "GB82WEST12345698765432", "PL61109010140000071219812874"),
        (Kind.IBAN, {}, "GB82", "GB82WEST12345698765432"),
        (Kind.POSTAL_CODE, {}, "0", "00-950"),
        (Kind.PHONE, {}, "12", "600000000"),
        (Kind.EMAIL, {}, "a", "a@example.org"),
        (Kind.DATE, {}, "31.02.2026", "2026-03-01"),
        (Kind.NUMBER, {"least": 1, "most": 5}, "6", 5),
        (Kind.CHOICE, {"options": ["A", "B"]}, "C", "B"),
        (Kind.PATTERN, {"pattern": "AA/9999"}, "A1/9999", "KR/0001"),
        (Kind.TEXT, {}, "", "cokolwiek"),
        (Kind.LONG_TEXT, {}, "", "cokolwiek"),
        (Kind.YES_NO, {}, "", True),
    ],
)
def test_each_kind_is_checked(office, kind, details, wrong, right):
    extra = add(office, kind, "Pytanie", required=True, **details)
    name = f"extra_{extra.pk}"
    assert name in form_with(office, extra, wrong).errors
    good = form_with(office, extra, "on" if right is True else right)
    assert name not in good.errors
    assert good.answers() == [{"field": extra.pk, "label": "Pytanie", "kind": kind, "value": right}]


@pytest.mark.req("BOOK-13")
def test_what_an_office_says_of_a_field_is_checked_too(staff, office):
    address = reverse("visits:add_extra_field", args=["dowod"])
    assert "at least two" in _errors(
        staff.post(address, {"kind": "choice", "label": "X", "position": 1, "options": "a"})
    )
    assert "AA/9999" in _errors(staff.post(address, {"kind": "pattern", "label": "X", "position": 1}))
    below = {"kind": "number", "label": "X", "position": 1, "least": 5, "most": 1}
    assert "below the smallest" in _errors(staff.post(address, below))


def _errors(answer):
    return str(answer.context["form"].errors)


@pytest.mark.req("BOOK-13")
def test_label_and_help_are_read_in_ones_own_language(staff, office):
    given = {
        "kind": "vin", "label": "Numer VIN", "label_uk": "Номер VIN", "position": 1,
        "help_text": "17 znaków", "help_en": "17 characters", "help_uk": "17 знаків",
    }  # fmt: skip
    assert staff.post(reverse("visits:add_extra_field", args=["dowod"]), given).status_code == 302
    extra = ExtraField.objects.get()
    assert (extra.help_text, extra.help_texts) == ("17 znaków", {"en": "17 characters", "uk": "17 знаків"})
    hold(staff, office)
    for language, shown in (("pl", "17 znaków"), ("en", "17 characters"), ("uk", "17 знаків")):
        staff.cookies["okienko_language"] = language
        assert shown in staff.get("/wizyty/dane/").content.decode()
        told = staff.get("/api/v1/visits/services").json()[0]["fields"][0]
        assert told["help"] == shown
        assert told["label"] == ("Номер VIN" if language == "uk" else "Numer VIN")
    address = reverse("visits:extra_field", args=["dowod", extra.pk])
    assert "17 знаків" in staff.get(address).content.decode()
    staff.post(address, {**given, "help_en": "", "version": 1})
    extra.refresh_from_db()
    assert (extra.help_in("en"), extra.help_in("uk")) == ("17 znaków", "17 знаків")


@pytest.mark.req("BOOK-13", "BOOK-35")
def test_asked_checked_kept_and_shown_to_staff(staff, office):
    for kind, label, position in (("vin", "VIN pojazdu", 2), ("pesel", "PESEL właściciela", 1)):
        given = {
            "kind": kind,
            "label": label,
            "label_en": f"{label} (en)",
            "position": position,
            "required": "on",
        }
        assert staff.post(reverse("visits:add_extra_field", args=["dowod"]), given).status_code == 302
    first, second = ExtraField.objects.all()
    hold(staff, office)
    page = staff.get("/wizyty/dane/").content.decode()
    assert page.index("PESEL właściciela (en)") < page.index("VIN pojazdu (en)")
    typed = {**TYPED, f"extra_{first.pk}": "44051401459", f"extra_{second.pk}": "WVWZZZ1JZ3W386752"}
    wrong = staff.post("/wizyty/dane/", typed)
    assert "check digit" in wrong.content.decode()
    assert staff.post("/wizyty/dane/", {**typed, f"extra_{first.pk}": "44051401458"}).status_code == 302
    assert "WVWZZZ1JZ3W386752" in staff.get("/wizyty/podsumowanie/").content.decode()
    staff.post("/wizyty/podsumowanie/")
    booking = Booking.objects.get()
    assert [one["value"] for one in booking.answers] == ["44051401458", "WVWZZZ1JZ3W386752"]
    removed = staff.post(reverse("visits:extra_field", args=["dowod", second.pk]), {"remove": "1"})
    assert removed.status_code == 302
    shown = staff.get(reverse("visits:booking", args=[booking.number])).content.decode()
    assert "VIN pojazdu" in shown
    assert "44051401458" in shown


@pytest.mark.req("CORE-41", "BOOK-13")
def test_a_year_after_the_visit_the_person_is_forgotten_and_the_number_stays(staff, office):
    test_asked_checked_kept_and_shown_to_staff(staff, office)
    booking = Booking.objects.get()
    soon, late = booking.end + timedelta(days=300), booking.end + timedelta(days=400)
    assert not RULE.due(soon).exists()
    assert run(RULE, by=BY, at=late, clock=lambda: late).removed == 1
    booking.refresh_from_db()
    assert (booking.name, booking.email, booking.phone, booking.answers) == ("", "", "", [])
    assert booking.number
    assert not RULE.due(late).exists()
    assert list(verify(booking)) == []


@pytest.mark.req("BOOK-13")
@pytest.mark.parametrize(
    ("text", "fits"), [("KR/0001", True), ("KR/001", False), ("K1/0001", False), ("KR-0001", False)]
)
def test_a_number_of_a_given_shape(text, fits):
    assert rules.has_shape(text, "AA/9999") is fits
