"""What is wrong with a number, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.base.numbers.reading import Wrong

_WRONG = {
    "not-a-digit": _("Only digits belong here; “%(letter)s” is none."),
    "not-allowed": _("“%(letter)s” does not belong here: only letters A to Z without marks, and digits."),
    "length": _("It has %(given)s signs and should have %(wanted)s."),
    "letters-first": _("The first signs are letters (%(wanted)s); “%(letter)s” is none."),
    "digits-after-letters": _("After the letters (%(wanted)s) come digits only; “%(letter)s” is none."),
    "check-digit": _(
        "One of the signs is wrong or two are swapped: the check digit does not agree. Compare it once more."
    ),
    "pesel-date": _("The first six digits are a date of birth, and there is no such day."),
    "vin-letter": _("“%(letter)s” is never used in a VIN. It may be a one or a zero."),
    "vin-check-digit": _(
        "The ninth sign, which checks the others in North America, does not agree. Compare it once more."
    ),
    "land-register-shape": _("Write the code of the court, the number and the check digit: WA1M/00012345/6."),
    "plate-shape": _("Write the letters and digits of the plate, such as KR 1234A."),
    "postal-code-shape": _("A postal code has five digits: 00-950."),
    "iban-country": _("“%(country)s” is no country whose accounts begin so."),
    "iban-other-country": _("This account is in %(country)s; give one in %(wanted)s."),
}


def wrong(error: Wrong) -> str:
    return str(_WRONG[error.code]) % error.about
