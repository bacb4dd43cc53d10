import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.numbers.business import iban, nip, regon
from okienko.base.numbers.people import Pesel, identity_card, passport, pesel
from okienko.base.numbers.reading import Wrong, weighed
from okienko.base.numbers.things import land_register, plate, postal_code, vin

pytestmark = pytest.mark.req("BOOK-13")


def wrong(code):
    return pytest.raises(Wrong, check=lambda error: error.code == code)


# Examples published by the issuers, or reckoned by hand from the definition.
RIGHT = [
    (identity_card, "ABA 300000", "ABA300000"),
    (passport, "ZS 0000177", "ZS0000177"),
    (nip, "PL 123-456-32-18", "1234563218"),
    (regon, "123456785", "123456785"),
    (regon, "12345678512347", "12345678512347"),
    (iban, "61 1090 1014 0000 0712 1981 2874", "PL61109010140000071219812874"),
    (iban, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
    (vin, "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
    (vin, "wvwzzz1jz3w386752", "WVWZZZ1JZ3W386752"),
    (plate, "kr 1234a", "KR1234A"),
    (plate, "W1 ANIA", "W1ANIA"),
    (postal_code, "00-950", "00-950"),
    (postal_code, "00950", "00-950"),
    (land_register, "lu1b/12345/8", "LU1B/00012345/8"),
    (land_register, "GD1W/00090409/1", "GD1W/00090409/1"),
]
WRONG = [
    (pesel, "4405140145", "length"),
    (pesel, "4405140145O", "not-a-digit"),
    (pesel, "44051401459", "check-digit"),
    (pesel, "44133101456", "pesel-date"),
    (identity_card, "AB1300000", "letters-first"),
    (identity_card, "ABA30000X", "digits-after-letters"),
    (identity_card, "ABA400000", "check-digit"),
    (identity_card, "ŻBA300000", "not-allowed"),
    (passport, "ZS1000177", "check-digit"),
    (nip, "1234563219", "check-digit"),
    (nip, "0000000000", "check-digit"),
    (regon, "123456780", "check-digit"),
    (regon, "12345678512340", "check-digit"),
    (regon, "000000000", "check-digit"),
    (iban, "PL61109010140000071219812875", "check-digit"),
    (iban, "PL6110901014000007121981287", "length"),
    (iban, "ZZ61109010140000071219812874", "iban-country"),
    (vin, "1M8GDM9A1KP042788", "vin-check-digit"),
    (vin, "WVWZZZ1JZ3W38675O", "vin-letter"),
    (vin, "WVWZZZ1JZ3W38675", "length"),
    (plate, "1234", "plate-shape"),
    (plate, "KRABCD", "plate-shape"),
    (plate, "ŁD1234", "not-allowed"),
    (postal_code, "0095", "postal-code-shape"),
    (land_register, "LU1B/00012345/6", "check-digit"),
    (land_register, "W11M/00012345/9", "land-register-shape"),
]


@pytest.mark.parametrize(("read", "typed", "number"), RIGHT)
def test_right_ones_are_read_as_people_type_them(read, typed, number):
    assert read(typed) == number
    assert read(number) == number


@pytest.mark.parametrize(("read", "typed", "code"), WRONG)
def test_wrong_ones_say_what_is_wrong(read, typed, code):
    with wrong(code):
        read(typed)


def test_only_the_country_asked_for():
    with wrong("iban-other-country"):
        iban("GB82WEST12345698765432", country="PL")


def made_pesel(born, serial):
    month = born.month + {18: 80, 19: 0, 20: 20, 21: 40, 22: 60}[born.year // 100]
    body = f"{born.year % 100:02}{month:02}{born.day:02}{serial:04}"
    check = -weighed([int(one) for one in body], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10
    return f"{body}{check}"


@given(st.dates(date(1800, 1, 1), date(2299, 12, 31)), st.integers(0, 9999))
def test_a_pesel_tells_the_date_and_the_sex_in_every_century(born, serial):
    number = made_pesel(born, serial)
    assert pesel(number) == Pesel(number, born, "male" if serial % 2 else "female")


@given(
    st.dates(date(1800, 1, 1), date(2299, 12, 31)),
    st.integers(0, 9999),
    st.integers(0, 10),
    st.integers(1, 9),
)
def test_any_one_wrong_digit_of_a_pesel_is_found(born, serial, place, more):
    number = made_pesel(born, serial)
    other = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(Wrong):
        pesel(other)


@given(
    st.sampled_from(
        [row for row in RIGHT if row[0] in (nip, regon, iban) or row[0] in (identity_card, passport)]
    ),
    st.data(),
)
def test_any_one_wrong_digit_of_a_checked_number_is_found(row, data):
    read, _typed, number = row
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place, more = data.draw(st.sampled_from(places)), data.draw(st.integers(1, 9))
    other = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    if read is regon and other[place] + number[place] in ("00",):
        return
    try:
        assert read(other) != number
    except Wrong:
        return
    # Sums by elevenths whose remainder ten is written as zero miss a few; sums by tens and by 97 miss none.
    assert read is regon


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed):
    for read in (pesel, identity_card, passport, nip, regon, iban, vin, plate, postal_code, land_register):
        with contextlib.suppress(Wrong):
            assert read(typed)
