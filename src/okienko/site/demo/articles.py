"""What the invented office knows and lets everybody read."""

from __future__ import annotations

from datetime import datetime

from okienko.kernel.history.actors import Actor
from okienko.kernel.knowledge.actions import publish_article, write
from okienko.kernel.knowledge.models import Article

ARTICLES = (
    (
        "Jak zgłosić usterkę w mieście",
        """Zgłosisz ją w internecie, przez całą dobę. Nie musisz mieć konta ani podawać, kim jesteś.

## Krok po kroku

1. Otwórz [formularz zgłoszenia](/zgloszenia/) i wybierz, czego dotyczy sprawa.
2. Wskaż miejsce: na mapie, adresem albo słowami.
3. Opisz, co się stało. Dodaj zdjęcia, jeśli je masz.
4. Podaj e-mail lub telefon, jeśli mamy Ci odpowiedzieć.

Na końcu dostaniesz numer zgłoszenia i link. Zachowaj je.

## Kilka spraw naraz

Najlepiej zgłoś każdą osobno. Jeśli opiszesz kilka w jednym zgłoszeniu, rozdzielimy je. Wszystkie zobaczysz pod
swoim linkiem.""",
    ),
    (
        "Ile czekasz na załatwienie zgłoszenia",
        """Mamy na to **10 dni roboczych**. Dnia, w którym zgłoszenie do nas wpłynęło, nie liczymy.

- Zgłoszenie z soboty, niedzieli lub święta liczymy od najbliższego dnia roboczego.
- Jeśli sprawa potrwa dłużej, na stronie zgłoszenia zobaczysz nową planowaną datę.
- Gdy sprawą powinien zająć się kto inny, przekażemy ją i napiszemy Ci o tym.

Termin swojego zgłoszenia zobaczysz pod linkiem, który od nas masz.""",
    ),
    (
        "Śnieg, lód i inne pilne sprawy",
        """Niektórych spraw nie przyjmujemy przez formularz, bo trzeba działać od razu.

| Co się dzieje | Gdzie dzwonić |
| --- | --- |
| Śnieg i lód na drodze lub chodniku | +48 00 000 00 01, całą dobę |
| Ktoś jest w niebezpieczeństwie | 112 |

O pozostałych sprawach napisz przez [formularz zgłoszenia](/zgloszenia/).""",
    ),
    (
        "Twoje dane w zgłoszeniu",
        """Nie musisz podawać żadnych danych. Jeśli podasz e-mail lub telefon, użyjemy ich tylko po to, żeby odpowiedzieć.

## Jak usunąć swoje dane

1. Otwórz link do zgłoszenia.
2. Wybierz „Usuń moje dane” i potwierdź.

Dane znikną od razu, a zgłoszeniem dalej się zajmiemy.

## Jak długo je trzymamy

Sześć miesięcy, nie licząc miesiąca, w którym zgłoszenie wpłynęło. Potem usuwamy dane, opis, dokładne miejsce i zdjęcia.""",
    ),
    (
        "Jak umówić wizytę w urzędzie",
        """Umówisz ją w internecie, bez konta.

1. Otwórz [umawianie wizyt](/wizyty/) i wybierz sprawę.
2. Wybierz dzień i godzinę.
3. Podaj dane, o które prosimy, i potwierdź wizytę.

Wizytę przełożysz lub odwołasz linkiem z potwierdzenia. Zrób to, jeśli nie możesz przyjść: ktoś inny skorzysta z tej godziny.""",
    ),
)  # fmt: skip


def write_articles(*, by: Actor, at: datetime) -> None:
    for title, body in ARTICLES:
        made = write(by=by, at=at, title=title, body=body, audience=Article.Audience.RESIDENTS)
        publish_article(made.pk, by=by, at=at, version=made.version)
