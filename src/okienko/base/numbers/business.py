"""Numbers of taxpayers, of entities and of their accounts."""

from __future__ import annotations

from okienko.base.numbers.reading import Wrong, as_number, digits, packed, weighed

_NIP = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_REGON_9 = (8, 9, 2, 3, 4, 5, 6, 7)
_REGON_14 = (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)

# The register of ISO 13616: how long an account number is in each country.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


def nip(typed: str) -> str:
    """Ten digits, the last of which checks the rest by elevenths; a remainder of ten is given to nobody."""
    text = packed(typed)
    number = digits(text.removeprefix("PL"), 10)
    parts = [int(digit) for digit in number]
    if number.startswith("000") or weighed(parts[:9], _NIP) % 11 != parts[9]:
        raise Wrong("check-digit")
    return number


def regon(typed: str) -> str:
    """Nine digits, or fourteen for a local unit, whose first nine are the number of the whole entity."""
    number = digits(typed, 9, 14)
    parts = [int(digit) for digit in number]
    if not any(parts) or weighed(parts[:8], _REGON_9) % 11 % 10 != parts[8]:
        raise Wrong("check-digit")
    if len(parts) == 14 and weighed(parts[:13], _REGON_14) % 11 % 10 != parts[13]:
        raise Wrong("check-digit")
    return number


def iban(typed: str, *, country: str = "") -> str:
    """The country, two digits that check the rest by 97, the account. Bare digits are a Polish account."""
    text = packed(typed)
    text = f"PL{text}" if text.isascii() and text.isdigit() else text
    if odd := next((letter for letter in text if not (letter.isascii() and letter.isalnum())), ""):
        raise Wrong("not-allowed", letter=odd)
    length = _IBAN_LENGTHS.get(text[:2])
    if length is None:
        raise Wrong("iban-country", country=text[:2])
    if country and text[:2] != country:
        raise Wrong("iban-other-country", wanted=country, country=text[:2])
    if len(text) != length:
        raise Wrong("length", wanted=str(length), given=len(text))
    if not text[2:4].isdigit() or int("".join(str(as_number(one)) for one in text[4:] + text[:4])) % 97 != 1:
        raise Wrong("check-digit")
    return text
