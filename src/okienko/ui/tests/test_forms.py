"""A clear word for every wrong input, beside its field, with what was typed kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Refused
from okienko.ui.forms import FilesField, Form, PhoneField
from okienko.ui.forms.cleaning import clean_text


class Letter(Form):
    email = forms.EmailField(help_text="Where we answer.")
    words = forms.CharField(max_length=10, widget=forms.Textarea)
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    own = forms.CharField(required=False, max_length=3, error_messages={"max_length": "Own words."})


def shown(form: forms.Form) -> str:
    text = "{% load ui %}{% errors form %}{% for one in form %}{% field one %}{% endfor %}"
    return Template(text).render(Context({"form": form}))


@pytest.mark.req("CORE-55", "CORE-50")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", "Wpisz pełny adres e-mail"),
        ("en", "Write a full e-mail address"),
        ("uk", "Напишіть повну адресу"),
    ],
)
def test_errors_are_in_the_readers_language_and_beside_the_field(language: str, words: str) -> None:
    with translation.override(language):
        page = shown(Letter({"email": "anna-example", "words": "x" * 11, "way": "c", "own": "xxxx"}))
    assert page.count(words) == 2  # in the summary and beside the field
    assert 'href="#id_email"' in page
    assert 'value="anna-example"' in page
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert {"id_email_helptext id_email_error", "id_way_error"} <= set(described)
    assert all(f'id="{part}"' in page for parts in described for part in parts.split())
    assert 'id="id_way"' in page
    assert "Own words." in page


@pytest.mark.req("BOOK-15")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("600 000 000", "600000000"),
        ("+48 600-000-000", "600000000"),
        ("0048600000000", "600000000"),
        ("(22) 000.00.00", "220000000"),
        ("00380 44 123 45 67", "+380441234567"),
        ("+44 20 7946 0000", "+442079460000"),
        ("", ""),
    ],
)
def test_phones_as_people_write_them(typed: str, kept: str) -> None:
    assert PhoneField(required=False).clean(typed) == kept


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    "typed", ["6000", "telefon", "600 000 000 000 000 000", "+", "٦٠٠٠٠٠٠٠٠", "600 000 000 wew. 1"]
)
def test_what_is_no_phone_is_refused_in_words(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="Podaj dziewięć cyfr"):
        PhoneField().clean(typed)


@pytest.mark.req("CORE-55")
def test_an_address_longer_than_any_that_exists_is_refused_in_words() -> None:
    long = f"anna@{'.'.join(letter * 60 for letter in 'bcde')}.example.pl"
    with translation.override("pl"):
        (error,) = Letter({"email": long, "words": "a", "way": "a"}).errors["email"]
    assert "254 znaki" in error


@pytest.mark.req("CORE-50")
def test_numbers_are_counted_as_polish_counts_them() -> None:
    with translation.override("pl"):
        long = str(Letter({"words": "x" * 11}).errors["words"])
    assert "10 znaków" in long
    assert "jest 11" in long


@pytest.mark.req("CORE-55")
def test_a_refusal_of_the_rules_stands_beside_its_field() -> None:
    form = Letter({"email": "anna@example.org", "words": "a", "way": "a"})
    assert form.is_valid()
    form.refuse(Refused("Nobody reads this.", code="nobody", field="email"))
    form.refuse(Refused("Too late.", code="late", field="nowhere"))
    assert form.errors["email"] == ["Nobody reads this."]
    assert form.non_field_errors() == ["Too late."]
    assert form.has_error("email", "nobody")


@pytest.mark.req("CORE-50")
def test_letters_are_written_one_way_and_unseen_characters_are_dropped() -> None:
    typed = QueryDict(mutable=True)
    typed["email"] = "anna@example.org"
    typed["words"] = "Z\u0307o\u0301\x00\x1bw\n!"
    typed["way"] = "a"
    form = Letter(typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["words"] == "Żów\n!"


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_clean(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


def test_what_is_typed_cannot_become_markup() -> None:
    page = shown(Letter({"email": '"><script>alert(1)</script>'}))
    assert "<script>" not in page


def test_fields_of_any_django_form_can_be_shown() -> None:
    class Plain(forms.Form):
        name = forms.CharField(label=gettext_lazy("Number"))
        hidden = forms.CharField(widget=forms.HiddenInput)

    page = shown(Plain({"name": ""}))
    assert "aria-invalid" in page


class Photos(Form):
    photos = FilesField(limit=2, max_bytes=10)


@pytest.mark.req("CORE-55")
def test_files_are_counted_and_weighed() -> None:
    def sent(*sizes: int) -> Photos:
        files: Any = MultiValueDict(
            {"photos": [SimpleUploadedFile(f"{n}.jpg", b"x" * size) for n, size in enumerate(sizes)]}
        )
        return Photos({}, files)

    right = sent(1, 2)
    assert right.is_valid(), right.errors
    assert [file.size for file in right.cleaned_data["photos"]] == [1, 2]
    assert sent().has_error("photos", "required")
    assert sent(1, 2, 3).has_error("photos", "too_many")
    assert sent(11).has_error("photos", "too_large")
    assert sent(0).has_error("photos", "empty")
