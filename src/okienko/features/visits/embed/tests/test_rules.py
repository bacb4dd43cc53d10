from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Refused
from okienko.features.visits.embed import rules

pytestmark = pytest.mark.req("BOOK-21")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://bip.example.pl", "https://bip.example.pl"),
        (" HTTPS://BIP.Example.PL/ ", "https://bip.example.pl"),
        ("bip.example.pl", "https://bip.example.pl"),
        ("https://bip.example.pl:443", "https://bip.example.pl"),
        ("https://bip.example.pl:8443", "https://bip.example.pl:8443"),
        ("https://*.example.pl", "https://*.example.pl"),
        ("https://gmina-żółw.example.pl", "https://xn--gmina-w-q0a52e8r.example.pl"),
        ("https://*.żółw.pl", "https://*.xn--w-uga1v8h.pl"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ],
)
def test_an_address_is_kept_as_browsers_compare_it(typed, kept):
    assert rules.origin(typed) == kept
    assert rules.origin(rules.shown(kept)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "https://", "http://bip.example.pl", "ftp://bip.example.pl", "https://bip.example.pl/strona",
        "https://bip.example.pl?a=1", "https://bip.example.pl#a", "https://ktos@bip.example.pl",
        "https://bip.example.pl:0", "https://bip.example.pl:99999", "https://bip.example.pl:osiem", "https://*",
        "https://*.pl", "https://*.gov.pl", "https://bip.*.pl", "https://*.*.example.pl", "*", "'self'", "https:",
        "https://bip.example.pl https://inna.pl", "https://bip.example.pl; script-src *", "https://10.0.0.1",
        "https://[::1]", "https://bip_1.example.pl", "https://-bip.example.pl", "https://bip..pl", "data:text/html,a",
        "https://bip.example.pl\nX-A: 1", "https://bip.example.pl.", "intranet",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused_in_words(typed):
    with pytest.raises(Refused) as refused:
        rules.origin(typed)
    assert refused.value.field == "origin"
    assert refused.value.reason


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_nothing_that_is_taken_can_say_more_than_one_source(typed):
    try:
        kept = rules.origin(typed)
    except Refused:
        return
    assert re.fullmatch(r"https?://[a-z0-9.*:-]+", kept)
    assert rules.origin(kept) == kept
