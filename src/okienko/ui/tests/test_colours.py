"""Whatever colour an office has, its pages can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from okienko.ui import colours

CSS = Path(__file__).parents[1] / "static" / "ui" / "css"
any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def _contrast(one: str, other: str) -> float:
    return colours.contrast(colours.rgb(one), colours.rgb(other))


@pytest.mark.req("CORE-51")
@given(any_colour)
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#0000ff")
def test_every_colour_can_be_read_in_light_and_dark(colour: str) -> None:
    for accent, grounds in (
        (colours.on_light(colour), colours.LIGHT_GROUNDS),
        (colours.on_dark(colour), colours.DARK_GROUNDS),
    ):
        for ink in (accent.colour, accent.strong):
            assert _contrast(accent.text, ink) >= 4.5
            for ground in (*grounds, accent.soft):
                assert _contrast(ink, ground) >= 4.5


@given(any_colour)
def test_a_colour_that_can_be_read_stays_as_the_office_chose_it(colour: str) -> None:
    accent = colours.on_light(colour)
    if all(_contrast(colour, ground) >= 4.6 for ground in (*colours.LIGHT_GROUNDS, accent.soft)):
        assert accent.colour == colour


@pytest.mark.parametrize(
    ("file", "grounds"), [("tokens.css", colours.LIGHT_GROUNDS), ("dark.css", colours.DARK_GROUNDS)]
)
def test_the_grounds_are_those_of_the_stylesheets(file: str, grounds: tuple[str, ...]) -> None:
    text = (CSS / file).read_text(encoding="utf-8")
    for name, ground in zip(("page", "surface", "raised"), grounds, strict=True):
        found = re.search(rf"--{name}: (#[0-9a-f]+);", text)
        assert found is not None
        written = found[1] if len(found[1]) == 7 else "#" + "".join(2 * digit for digit in found[1][1:])
        assert written == ground


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#1234567", "url(x)"])
def test_what_is_not_a_colour_is_seen(text: str) -> None:
    assert not colours.is_colour(text)
