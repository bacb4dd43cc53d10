"""What modules declare once, when the system starts: their notices, and what messages can be about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from okienko.kernel.history import words
from okienko.kernel.messages.rules.parsing import Mail
from okienko.kernel.messages.rules.wording import Kind, Part, parse
from okienko.kernel.people.access import Someone

Words = Any
LANGUAGES = ("pl", "en", "uk")


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str
    says: Words
    sample: Any
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Original:
    """A text as the module brings it. Without `body` no e-mail is written, without `sms` no text message."""

    subject: str = ""
    body: str = ""
    sms: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    code          what a module asks for
    placeholders  the names that its texts may use; `send` must give a value for every one
    originals     by language, all languages of the interface
    variants      codes and names of services or procedures that may have texts of their own
    subject_type  what it is about, and `data_of`: how its values are read from such a thing, for the preview; nothing
                  of a thing that the text does not fit
    printed       a letter on paper: a heading and a text, in the language of offices alone, and no text message
    """

    code: str
    name: Words
    placeholders: tuple[Placeholder, ...]
    originals: Mapping[str, Original]
    variants: Callable[[], Mapping[str, Words]] = dict
    subject_type: str = ""
    data_of: Callable[[Any], Mapping[str, Any]] | None = field(default=None)
    printed: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        return LANGUAGES[:1] if self.printed else LANGUAGES

    @property
    def kinds(self) -> dict[str, Kind]:
        return {placeholder.name: placeholder.kind for placeholder in self.placeholders}

    @property
    def samples(self) -> dict[str, Any]:
        return {placeholder.name: placeholder.sample for placeholder in self.placeholders}

    def parts(self, text: str, language: str) -> tuple[Part, ...]:
        return parse(text, self.kinds, language)


_notices: dict[str, Notice] = {}


def register(notice: Notice) -> None:
    """An original that could not be filled in is found when the system starts, not when it is sent."""
    if _notices.setdefault(notice.code, notice) is not notice:
        raise ValueError(f"the notice {notice.code} is declared twice")
    words.say_values("notice", {notice.code: notice.name}, about="message")
    for language in notice.languages:
        original = notice.originals[language]
        for text in (original.subject, original.body, original.sms):
            notice.parts(text, language)


def notice(code: str) -> Notice:
    return _notices[code]


def is_known(code: str) -> bool:
    return code in _notices


def all_notices() -> list[Notice]:
    return sorted(_notices.values(), key=lambda known: known.code)


@dataclass(frozen=True, slots=True)
class About:
    """How messages deal with one kind of thing.

    number_of  its number, for subjects of e-mails      by_number  the thing with that number
    knows      whether an address belongs to it         visible    those that a person may see
    address_of where its page is                        holder     its unit and group, for lists of messages
    takes      whether mail may still come to it
    """

    by_id: Callable[[int], models.Model | None]
    number_of: Callable[[Any], str]
    by_number: Callable[[str], models.Model | None]
    knows: Callable[[Any, str], bool]
    visible: Callable[[Someone], QuerySet[Any]]
    address_of: Callable[[Any], str]
    holder: Callable[[Any], tuple[int | None, int | None]]
    takes: Callable[[Any], bool] = lambda found: True

    def sees(self, person: Someone, subject_id: int) -> bool:
        return self.visible(person).filter(pk=subject_id).exists()


_abouts: dict[str, About] = {}


def about(subject_type: str, how: About) -> None:
    _abouts[subject_type] = how


def how_about(subject_type: str) -> About | None:
    return _abouts.get(subject_type)


def all_abouts() -> dict[str, About]:
    return dict(_abouts)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A mail that belongs to nothing yet, as it is offered to those who take new mail."""

    id: int
    mail: Mail


Intake = Callable[[IncomingMessage], models.Model | None]

_intakes: list[Intake] = []


def receive_with(intake: Intake) -> None:
    """`intake` makes a thing of the mail and gives it back, or gives back nothing and leaves it to the next."""
    if intake not in _intakes:
        _intakes.append(intake)


def intakes() -> list[Intake]:
    return list(_intakes)
