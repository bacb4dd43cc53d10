"""Counting in three languages through the catalogues as Django really merges them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import ngettext

from okienko.ui.moments import hours_and_minutes
from okienko.ui.templatetags.ui import plural_days

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("messages_tool", ROOT / "tools" / "messages.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["messages_tool"] = module
    specification.loader.exec_module(module)
    return module


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", {0: "0 dni", 1: "1 dzień", 2: "2 dni", 5: "5 dni", 22: "22 dni"}),
        ("en", {0: "0 days", 1: "1 day", 2: "2 days", 21: "21 days"}),
        ("uk", {0: "0 днів", 1: "1 день", 3: "3 дні", 11: "11 днів", 21: "21 день", 104: "104 дні"}),
    ],
)
def test_days_are_counted(language: str, words: dict[int, str]) -> None:
    with translation.override(language):
        assert {number: plural_days(number) for number in words} == words


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", {0: "0 godzin", 1: "1 minuta", 60: "1 godzina", 90: "1 godzina 30 minut", 122: "2 godziny 2 minuty"}),
        ("en", {0: "0 hours", 1: "1 minute", 60: "1 hour", 90: "1 hour 30 minutes", 325: "5 hours 25 minutes"}),
        ("uk", {5: "5 хвилин", 60: "1 година", 123: "2 години 3 хвилини", 660: "11 годин", 1261: "21 година 1 хвилина"}),
    ],
)  # fmt: skip
def test_hours_and_minutes_are_counted(language: str, words: dict[int, str]) -> None:
    with translation.override(language):
        assert {minutes: hours_and_minutes(minutes) for minutes in words} == words


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    ("seconds", "clock"),
    [
        (-1, "0:00"),
        (570, "9:30"),
        (3599, "59:59"),
        (3600, "1 godzina"),
        (5399, "1 godzina 30 minut"),
        (7201, "2 godziny 1 minuta"),
    ],
)
def test_time_left_is_told_in_words_above_an_hour(seconds: int, clock: str) -> None:
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    moments = Context({"now": now, "until": now + timedelta(seconds=seconds)})
    with translation.override("pl"):
        page = Template("{% load ui %}{% countdown until now %}").render(moments)
    assert f"data-clock>{clock}</span>" in page


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 wiersz"), (2, "2 wiersze"), (5, "5 wierszy"), (12, "12 wierszy"), (22, "22 wiersze")],
)
def test_three_forms_live_beside_the_four_of_django(number: int, words: str) -> None:
    with translation.override("pl"):
        assert ngettext("%(number)s row", "%(number)s rows", number) % {"number": number} == words
        # Django's own catalogue, with its own rule, still answers for its own words.
        assert ngettext("%(num)d day", "%(num)d days", number) % {"num": number} == plural_days(
            number
        ).replace("\xa0", " ")


def test_extraction_finds_what_python_and_templates_say(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "apps.py").write_text('from x import gettext as _\n_("From Python")\n', encoding="utf-8")
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}\n  {% translate "One" %}\n{% button _("Two") %}\n    {% blocktranslate count n=x %}{{ n }} a'
        "{% plural %}{{ n }} b{% endblocktranslate %}",
        encoding="utf-8",
    )
    found = tool.messages_of(tmp_path)
    assert {message for _context, message in found} == {"From Python", "One", "Two", "%(n)s a"}
    assert found["", "%(n)s a"].msgid_plural == "%(n)s b"


@pytest.mark.parametrize(
    ("message", "translated", "problem"),
    [
        ("Step %(n)s", "Krok %(n)s", None),
        ("Step %(n)s", "Krok", "placeholders differ"),
        ("Step", "", "no translation"),
        ("{number} left", "{numer} zostało", "placeholders differ"),
    ],
)
def test_the_check_sees_what_is_wrong(
    tool: ModuleType, message: str, translated: str, problem: str | None
) -> None:
    entry = tool.polib.POEntry(msgid=message, msgstr=translated)
    assert next(tool.problems(entry), None) == problem


@pytest.mark.req("CORE-50")
def test_the_words_of_every_module_are_complete(tool: ModuleType) -> None:
    from django.conf import settings

    assert settings.configured
    modules = list(tool.every_module())
    assert len(modules) > 15
    assert tool.check(modules) == []


@pytest.mark.req("CORE-50")
def test_words_inside_an_f_string_are_told_with_their_line(tool: ModuleType) -> None:
    lines = (
        """a = f"{_('Seen')}" """,
        """b = _("Found") % f"{x.gettext}" """,
        """c = ("a" """,
        """     f"{ngettext('One', 'Many', n)!r:>{_('wide')}}")""",
    )
    assert tool.overlooked("\n".join(lines)) == [1, 4]
