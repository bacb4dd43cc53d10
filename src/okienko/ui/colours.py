"""From the one colour of an office, colours that can be read in the light and in the dark, whatever it chose.

Lightness is moved in the OKLab space, so that the hue stays the office's own; contrast is that of WCAG 2.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

Rgb = tuple[float, float, float]

CONTRAST = 4.5
_MARGIN = 0.06  # the written colour is rounded to 8 bits
_WHITE: Rgb = (1.0, 1.0, 1.0)
_INK: Rgb = (0x0D / 255, 0x13 / 255, 0x19 / 255)
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

# The grounds that coloured words stand on, as tokens.css and dark.css have them: page, surface, raised.
LIGHT_GROUNDS = ("#f4f6f8", "#ffffff", "#e9edf1")
DARK_GROUNDS = ("#11171d", "#19212a", "#25303b")


@dataclass(frozen=True, slots=True)
class Accent:
    colour: str
    strong: str
    text: str
    soft: str


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def rgb(colour: str) -> Rgb:
    return (int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255)


def written(colour: Rgb) -> str:
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in colour)


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=100)
def on_light(colour: str) -> Accent:
    chosen = rgb(colour)
    soft = _at_lightness(chosen, 0.945, chroma=0.3)
    grounds = [*map(rgb, LIGHT_GROUNDS), soft]
    accent = _readable(chosen, grounds, towards=0.0)
    strong = _at_lightness(accent, _lightness(accent) * 0.8)
    return Accent(written(accent), written(strong), written(_words_on(accent, strong)), written(soft))


@lru_cache(maxsize=100)
def on_dark(colour: str) -> Accent:
    chosen = rgb(colour)
    soft = _at_lightness(chosen, 0.29, chroma=0.4)
    grounds = [*map(rgb, DARK_GROUNDS), soft]
    accent = _readable(chosen, grounds, towards=1.0)
    light = _lightness(accent)
    strong = _at_lightness(accent, light + (1 - light) * 0.5)
    return Accent(written(accent), written(strong), written(_words_on(accent, strong)), written(soft))


def _words_on(*grounds: Rgb) -> Rgb:
    return max((_WHITE, _INK), key=lambda ink: min(contrast(ink, ground) for ground in grounds))


def _readable(colour: Rgb, grounds: list[Rgb], *, towards: float) -> Rgb:
    """The colour itself if it can be read on every ground, else the nearest of its hue that can."""
    start = _lightness(colour)
    for step in range(101):
        moved = colour if step == 0 else _at_lightness(colour, start + (towards - start) * step / 100)
        if all(contrast(moved, ground) >= CONTRAST + _MARGIN for ground in grounds):
            return moved
    return (towards, towards, towards)


def _luminance(colour: Rgb) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _oklab(colour: Rgb) -> Rgb:
    red, green, blue = map(_linear, colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _lightness(colour: Rgb) -> float:
    return _oklab(colour)[0]


def _at_lightness(colour: Rgb, lightness: float, *, chroma: float = 1.0) -> Rgb:
    """The same hue at another lightness; chroma gives way until the colour is one that a screen can show."""
    _, a, b = _oklab(colour)
    for step in range(21):
        share = chroma * (1 - step / 20)
        shown = _from_oklab(lightness, a * share, b * share)
        if all(-0.0005 <= part <= 1.0005 for part in shown):
            break
    red, green, blue = (min(max(part, 0.0), 1.0) for part in shown)
    return (red, green, blue)


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_gamma(part) if part >= 0 else part for part in linear)
    return (red, green, blue)
