"""Every way to look, compared with what the oracle knows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

from django.core.files.storage import default_storage
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.office.oracle.known import AT, BY, GROUPS, STEPS, STREET, Known

from okienko.base.decisions import Missing
from okienko.features.faults.joining import queries as joinings
from okienko.features.faults.models import Category, coarse
from okienko.features.faults.outage import queries as outage
from okienko.features.faults.outage.actions import keep_open_work
from okienko.features.faults.outage.models import Pack
from okienko.features.faults.phone import queries as phone
from okienko.features.faults.places.geometry import Box
from okienko.features.faults.public import queries as public
from okienko.features.faults.rules import PROCEDURE
from okienko.features.faults.statistics.queries import statistics
from okienko.kernel.cases import lists, queries
from okienko.kernel.cases.actions import save_view
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.queries import visible as visible_document
from okienko.kernel.history.actors import Actor
from okienko.kernel.knowledge.search import everything
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group
from okienko.site.live import topics
from okienko.ui.lists import ListRequest


class Looks(Known):
    def look(self, name: str) -> None:
        """Every way but the pages themselves."""
        person, seen = self.person(name), self.seen(name)
        assert set(queries.visible_to(person).values_list("pk", flat=True)) == seen
        for query, fits in self.filters(person):
            shown = self.listed(person, query)
            wanted = {pk for pk in seen if fits(self.kept[pk])}
            assert ({case.pk for case in shown.rows}, shown.total.number) == (wanted, len(wanted)), query
        assert {case.pk for case in phone.found("600000000", person)} == seen
        alike = phone.alike(Category.objects.get(), STREET, person, at=self.at)
        assert {case.pk for case in alike} <= {pk for pk in seen if self.kept[pk].open}
        self.look_at_figures(person, seen)
        self.look_at_the_map()
        assert {one.unit.symbol for one in joinings.visible_to(person)} == self.joins(name)
        names = {f"case:{kept.number}" for kept in self.kept.values()}
        watched = [topic.name for one in sorted(names) for topic in topics.allowed(person, [one])]
        assert set(watched) == {f"case:{self.kept[pk].number}" for pk in seen}
        changed = topics.Changed(cases=dict.fromkeys(self.kept, PROCEDURE.code))
        told = topics.to_tell(
            person, [topics.Topic(f"list:{PROCEDURE.code}", procedure=PROCEDURE.code)], changed
        )
        assert bool(told) == bool(seen)
        hits = [group for group in everything(person, "dziura", 50) if group.source.code == "cases"]
        assert sum(len(group.hits) for group in hits) == len(seen)
        for pk, kept in self.kept.items():
            for file in kept.files:
                self.expect(lambda file=file: visible_document(file, person), None if pk in seen else Missing)
            if pk in seen:
                linked = {other.pk for _, other in queries.links_of(Case.objects.get(pk=pk), person)}
                assert linked == kept.links & seen
                steps = {row.code for row in queries.possible_steps(Case.objects.get(pk=pk), person)}
                assert steps == {
                    row.code
                    for row in STEPS
                    if kept.state in row.sources
                    and not kept.merged
                    and self.may(name, row.permission, kept)
                    and not (kept.holder == name and row.only_takes_up)
                }

    def look_at_figures(self, person: Person, seen: set[int]) -> None:
        """How many in all, how many of them have ended, and with which group each lies."""
        found = statistics(person, AT.date(), self.at.date() + timedelta(days=1))
        assert found.whole.reports == len(seen)
        assert found.whole.finished == sum(not self.kept[pk].open for pk in seen)
        symbols = dict(Group.objects.values_list("pk", "symbol"))
        counted = {symbols.get(row.key, ""): row.reports for row in found.tables["group"]}
        assert counted == Counter(self.kept[pk].group for pk in seen)

    def look_by_a_view(self, client: Client, person: Person, seen: set[int]) -> None:
        """A view that somebody else keeps for all shows each reader their own rows, on the page and in a file."""
        keeper = self.person("nad")
        view = save_view(
            keeper,
            PROCEDURE.code,
            "Otwarte",
            "?open=yes",
            shared=True,
            by=Actor(keeper.pk, keeper.name),
            at=self.at,
        )
        assert view in queries.saved_views(person, PROCEDURE.code)
        wanted = {pk for pk in seen if self.kept[pk].open}
        page = client.get(reverse("cases:list", args=[PROCEDURE.code]) + view.query)
        assert {case.pk for case in page.context["list"].rows} == wanted
        file: Any = client.get(reverse("cases:export", args=[PROCEDURE.code, "xlsx"]) + view.query)
        sheet = load_workbook(BytesIO(b"".join(file.streaming_content)), read_only=True).active
        assert sheet is not None
        assert len(list(sheet.rows)) == len(wanted) + 1

    def look_at_the_map(self) -> None:
        """The same for everybody: open ones alone, each about where it lies."""
        shown = [kept for kept in self.kept.values() if kept.open and kept.point]
        whole = Box(50.0, 19.0, 50.2, 19.2)
        for zoom in (6, 12, 16):
            assert sum(count for count, _, _ in public.clusters(whole, zoom)) == len(shown)
        points = {report.case.number: point for report, point in public.points(whole)}
        assert points == {kept.number: coarse(*kept.point) for kept in shown if kept.point}
        assert {one.case.number for one in public.newest()} == {
            kept.number for kept in self.kept.values() if kept.open
        }

    def keep_open_work(self) -> None:
        """The files for a day without the system, as the night before makes them."""
        for unit in outage.units_with_packs_due():
            keep_open_work(unit, by=BY, at=self.at)

    def look_at_open_work(self, name: str) -> None:
        person = self.person(name)
        packs = {pack.unit.symbol for pack in Pack.objects.all()}
        files = {pack.unit.symbol: file for pack, file in outage.files_for(person)}
        assert set(files) == {unit for unit in packs if self.oversees(name, unit)}
        for unit, file in files.items():
            with default_storage.open(file.stored_as) as kept_file:
                text = " ".join(page.extract_text() for page in PdfReader(kept_file).pages)
            lying = {
                Case.objects.get(pk=pk).spoken_number for pk, kept in self.kept.items()
                if kept.open and kept.group and GROUPS[kept.group] == unit
            }  # fmt: skip
            everything = {Case.objects.get(pk=pk).spoken_number for pk in self.kept}
            told = re.sub(r"\s+", " ", text)
            assert {number for number in everything if re.sub(r"\s+", " ", number) in told} == lying

    def filters(self, person: Person) -> list[tuple[str, Any]]:
        name = person.email.partition("@")[0]
        return [
            ("", lambda kept: True),
            ("q=dziury", lambda kept: True),
            ("open=yes&sort=due", lambda kept: kept.open),
            ("open=no&sort=-changed", lambda kept: not kept.open),
            ("state=coordinator&state=executor", lambda kept: kept.state in ("coordinator", "executor")),
            ("mine=yes", lambda kept: kept.holder == name),
        ]

    def listed(self, person: Person, query: str) -> Any:
        asked = ListRequest.from_query(QueryDict(query), lists.definition(PROCEDURE, person))
        return lists.page(PROCEDURE, asked, person, now=self.at)

    def look_by_pages(self, name: str) -> None:
        person, seen = self.person(name), self.seen(name)
        client, program = Client(), Client()
        client.force_login(person)
        _, secret = create_token(
            person, by=Actor(person.pk, person.name), at=self.at, name="x", scopes=["faults.see"]
        )
        program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        found = client.get(reverse("cases:list", args=[PROCEDURE.code]))
        export: Any = client.get(reverse("cases:export", args=[PROCEDURE.code, "csv"]))
        api = program.get(f"/api/v1/procedures/{PROCEDURE.code}/cases")
        if not self.roles[name]:
            assert {found.status_code, export.status_code, api.status_code} == {404}
        else:
            shown = found.context["list"]
            assert ({case.pk for case in shown.rows}, shown.total.number) == (seen, len(seen))
            text = b"".join(export.streaming_content).decode("utf-8-sig")
            rows = list(csv.reader(StringIO(text), delimiter=";"))
            assert len(rows) == len(seen) + 1
            numbers = {self.kept[pk].number for pk in seen}
            assert ({one["number"] for one in api.json()["cases"]}, api.json()["total"]) == (
                numbers,
                len(seen),
            )
            self.look_by_a_view(client, person, seen)
        hidden = {Case.objects.get(pk=pk).spoken_number for pk in self.kept.keys() - seen}
        for pk, kept in self.kept.items():
            page = client.get(reverse("cases:case", args=[kept.number]))
            one = program.get(f"/api/v1/cases/{kept.number}")
            letters = program.get(f"/api/v1/cases/{kept.number}/letters")
            assert {page.status_code, one.status_code, letters.status_code} == {200 if pk in seen else 404}
            if pk in seen:
                assert not any(number in page.content.decode() for number in hidden)
                assert {link["number"] for link in one.json()["links"]} == {
                    self.kept[other].number for other in kept.links & seen
                }
