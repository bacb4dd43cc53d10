import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base import lemmas, numbers
from okienko.base.text import fold, sort_key


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    "right",
    [
        [
            "Adamska",
            "Azory",
            "Ąkowa",
            "Bąk",
            "Cyrk",
            "Ćma",
            "Lalka",
            "Łoś",
            "Okno",
            "Ósmy",
            "Zebra",
            "Źdźbło",
            "Żaba",
        ],
        ["Szkoła nr 2", "Szkoła nr 10"],
        ["Гора", "Ґанок", "Дім", "Если", "Єва", "Ива", "Іван", "Їжак", "Йод"],
        ["Eryk", "Éva", "Ewa"],
        ["Nowa Wieś", "Nowak"],
    ],
)
def test_words_stand_in_the_order_of_their_alphabet(right):
    assert sorted(set(right), key=sort_key) == right


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_folding_keeps_cyrillic_letters_apart():
    assert fold("Łódź  ÓSMA") == "lodz osma"
    assert fold("Йод") == "йод"


@pytest.mark.req("CORE-20")
@given(st.integers(1, 10**9), st.data())
def test_a_mistyped_digit_or_a_swap_of_neighbours_is_noticed(number, data):
    whole = numbers.with_check_digit(number)
    assert numbers.is_whole(whole)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != whole[place]]))
    assert not numbers.is_whole(whole[:place] + other + whole[place + 1 :])
    if place and whole[place] != whole[place - 1]:
        swapped = whole[: place - 1] + whole[place] + whole[place - 1] + whole[place + 1 :]
        assert not numbers.is_whole(swapped)


@pytest.mark.req("CORE-20")
def test_a_number_is_read_in_threes_and_typed_as_one_likes():
    assert numbers.read_aloud("1047113") == "104 711 3"
    assert numbers.from_speech(" 104-711 3 ") == "1047113"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Dziury w jezdni", "dziura"),
        ("Dziury w jezdni", "dziurą jezdnia"),
        ("ulica Świętokrzyska", "swietokrzyskiej"),
        ("na ulicy Swietokrzyskiej", "Świętokrzyska"),
        ("zepsuta latarnia", "latarn"),
        ("jan.testowy@example.org", "testowy"),
        ("wyrwa w chodniku przy łące", "laka"),
        ("mieszkanie 3/5a", "3/5a"),
    ],
)
def test_a_text_is_found_by_inflected_and_unmarked_words(text, typed):
    assert _matches(lemmas.query(typed), lemmas.document_words(text))


def test_a_word_that_is_not_there_finds_nothing():
    assert not _matches(lemmas.query("dziura chodnik"), lemmas.document_words("Dziury w jezdni"))


@given(st.text())
def test_any_typing_makes_a_query_without_loose_quotes(typed):
    assert lemmas.query(typed).replace("''", "").count("'") % 2 == 0


def _matches(query: str, words: list[str]) -> bool:
    def holds(form: str) -> bool:
        word = form.strip("'").removesuffix("':*")
        return any(known.startswith(word) if form.endswith(":*") else known == word for known in words)

    return all(any(holds(form) for form in term.strip("()").split(" | ")) for term in query.split(" & "))
