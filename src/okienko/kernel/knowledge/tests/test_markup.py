from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.kernel.knowledge import markup


@pytest.mark.req("CORE-66")
@pytest.mark.parametrize(
    "wild",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://example.org/x.png)",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html,<script>)",
        "<style>*{}</style>",
    ],
)
def test_nothing_that_runs_comes_out(wild: str) -> None:
    shown = markup.html(wild)
    for bad in ("<script", "<img", "<style", 'href="javascript', 'href="data'):
        assert bad not in shown


@pytest.mark.req("CORE-51")
def test_headings_begin_below_the_title_of_the_page() -> None:
    assert markup.html("# Dowód\n\ntekst **ważny**") == (
        "<h2>Dowód</h2>\n<p>tekst <strong>ważny</strong></p>\n"
    )


@pytest.mark.req("CORE-24")
def test_a_piece_of_the_text_shows_the_words_in_whatever_form() -> None:
    text = "Wstęp. " * 40 + "Wymiana dowodów osobistych trwa <30 dni>. " + "Koniec. " * 60
    shown = markup.snippet(text, "dowod osobisty")
    assert "<mark>dowodów</mark> <mark>osobistych</mark>" in shown
    assert "&lt;30 dni&gt;" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 500


@given(st.text(max_size=400), st.text(max_size=30))
def test_whatever_the_text_no_markup_of_its_own_gets_through(text: str, typed: str) -> None:
    shown = markup.snippet(text, typed)
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
    markup.html(text)
    markup.plain(text)
