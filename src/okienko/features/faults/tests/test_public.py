"""What everybody sees of reports, and how many of them lie where."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okienko.base.decisions import Missing
from okienko.features.faults import actions
from okienko.features.faults.models import Enquiry, MapCell, Report
from okienko.features.faults.places.geometry import Box
from okienko.features.faults.public.queries import CELL_ZOOMS, cell_of, clusters, report_by_number
from okienko.features.faults.retention import RULE
from okienko.features.faults.tests.conftest import AT, BY, HERE, acting, photo, shown_by
from okienko.kernel.cases.actions import merge, split, take_step
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.models import Message

RESIDENT = Actor.resident()


@pytest.mark.req("FAULT-41", "FAULT-60")
class TestPublic:
    SECRET = "Anonim Przykładowy, ul. Tajna 5, tel. 600100200"

    def test_nothing_that_a_clerk_has_not_released(self, city):
        case = city.reported(
            place=self.SECRET, street="ul. Próbna", description=self.SECRET, contact_name="Anonim Przykładowy",
            contact_phone="600100200", latitude=HERE[0], longitude=HERE[1], attachments=[photo()],
        )  # fmt: skip
        (document,) = documents_of(case)
        client = Client()
        window = {"okno": "50.12,19.05,50.13,19.07"}
        everywhere = [
            client.get(reverse("faults:map")),
            client.get(reverse("faults:public", args=[case.number])),
            client.get(reverse("faults:window"), {**window, "zoom": 18}),
            client.get(reverse("faults:window"), {**window, "zoom": 12}),
        ]
        for response in everywhere:
            shown = response.content.decode()
            assert response.status_code == 200
            assert not any(word in shown for word in ("Anonim", "Tajna", "600100200", "dziura.jpg"))
        assert "ul. Próbna" in everywhere[0].content.decode()
        address = reverse("faults:photo", args=[case.number, document.pk])
        assert client.get(address).status_code == 404
        clerk = Client()
        clerk.force_login(city.operator)
        given = {"text": "Duża dziura", "photos": [document.pk]}
        assert clerk.post(reverse("faults:release", args=[case.number]), given).status_code == 302
        assert shown_by(client, address)
        assert "Duża dziura" in client.get(reverse("faults:public", args=[case.number])).content.decode()
        actions.release(case.pk, by=acting(city.operator), at=AT, person=city.operator, text="", photos=())
        assert client.get(address).status_code == 404

    def test_no_house_and_no_exact_point_before_a_clerk_shows_them(self, city):
        case = city.reported(street="ul. Próbna", house_number="17b", latitude=50.12345, longitude=19.06043)
        window = {"okno": "50.12,19.05,50.13,19.07"}
        close = {"okno": "50.1234,19.0604,50.1235,19.0605", "zoom": 18}
        client = Client()

        def shown():
            return [
                client.get(reverse("faults:map")).content.decode(),
                client.get(reverse("faults:public", args=[case.number])).content.decode(),
                client.get(reverse("faults:window"), {**window, "zoom": 18}).content.decode(),
                client.get(reverse("faults:window"), {**window, "zoom": 16}).content.decode(),
            ]

        assert not any("17b" in page or "50.1234" in page or "19.0604" in page for page in shown())
        assert "50.123, 19.06" in shown()[2]
        assert client.get(reverse("faults:window"), close).json()["reports"] == []
        told = {"by": acting(city.operator), "at": AT, "person": city.operator, "text": "", "photos": ()}
        actions.release(case.pk, place=True, **told)
        assert ["17b" in page for page in shown()[:3]] == [True, True, True]
        assert len(client.get(reverse("faults:window"), close).json()["reports"]) == 1
        actions.release(case.pk, place=False, **told)
        assert "17b" not in shown()[1]

    def test_a_category_may_show_the_exact_place_by_itself(self, city):
        city.lamps.release_place = True
        case = city.reported(category=city.lamps, street="ul. Próbna", house_number="17b")
        assert case.report.public_address == "ul. Próbna 17b"

    def test_a_category_may_release_by_itself(self, city):
        city.holes.release_photos = city.holes.release_text = True
        city.holes.save()
        case = city.reported(description="Dziura", attachments=[photo()])
        assert case.report.public_text == "Dziura"
        assert [one.public for one in documents_of(case)] == [True]

    def test_what_was_forgotten_is_gone_from_here_too(self, city):
        case = city.reported(latitude=HERE[0], longitude=HERE[1])
        actions.ask(case.pk, "co słychać?", by=RESIDENT, at=AT)
        RULE.forget(case, BY, AT)
        assert not MapCell.objects.filter(reports__gt=0).exists()
        assert not Enquiry.objects.exists()
        with pytest.raises(Missing):
            report_by_number(case.number)

    def test_a_window_that_makes_no_sense_is_refused(self, city):
        for okno, zoom in (
            ("", ""),
            ("1,2,3", "4"),
            ("91,0,92,1", "4"),
            ("2,0,1,1", "4"),
            ("nan,0,1,1", "4"),
        ):
            answer = Client().get(reverse("faults:window"), {"okno": okno, "zoom": zoom})
            assert answer.status_code == 400, okno


@pytest.mark.req("FAULT-41")
class TestFollowing:
    def test_by_the_number_alone_however_it_is_typed(self, city):
        case, client = city.reported(), Client()
        # The address of each report on that page begins with it.
        assert f'href="{reverse("faults:find")}"' in client.get(reverse("faults:map")).content.decode()
        for typed in (case.number, case.spoken_number):
            found = client.get(reverse("faults:find"), {"numer": typed})
            assert found["Location"] == reverse("faults:public", args=[case.number])
        wrong = client.get(reverse("faults:find"), {"numer": "123"})
        assert list(wrong.context["form"].errors) == ["numer"]
        assert 'value="123"' in wrong.content.decode()

    @pytest.mark.req("FAULT-21", "FAULT-29")
    def test_the_reporter_reads_where_it_went_and_what_was_answered(self, city):
        gone, answered = city.reported(), city.reported(rpw="RPW/1/2026", wants_answer=True)
        take_step(
            gone.pk, "not-the-citys", by=BY, at=AT, rpw="RPW/2/2026", body="Gazownia", reason="Wewnętrzne"
        )
        take_step(answered.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
        take_step(answered.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)
        take_step(answered.pk, "resolve", by=BY, at=AT, done="Robota", answer="Załatamy wiosną")
        pages = [
            Client().get(reverse("faults:follow", args=[one.follow_key])).content.decode()
            for one in (gone, answered)
        ]
        assert ("Gazownia" in pages[0], "Wewnętrzne" in pages[0]) == (True, False)
        assert ("Załatamy wiosną" in pages[1], "Robota" in pages[1]) == (True, False)
        take_step(gone.pk, "reopen", by=BY, at=AT, group=city.roads, reason="Jednak nasze")
        again = Client().get(reverse("faults:follow", args=[gone.follow_key])).content.decode()
        assert ("Gazownia" in again, "Jednak nasze" in again) == (False, False)

    @pytest.mark.req("FAULT-41")
    def test_the_reporter_reads_the_state_in_words_that_need_no_knowledge_of_the_office(self, city):
        case = city.reported(contact_email="anonim@example.org")
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
        take_step(case.pk, "return-to-operator", by=BY, at=AT, addressee="ZZM", reason="Park")
        case.refresh_from_db()
        assert case.state_name == "zwrócone operatorowi"
        pages = [
            Client().get(address).content.decode()
            for address in (
                reverse("faults:follow", args=[case.follow_key]),
                reverse("faults:public", args=[case.number]),
            )
        ]
        assert [("ustalamy, kto się tym zajmie" in page, "operatorowi" in page) for page in pages] == [
            (True, False)
        ] * 2
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.greens)
        take_step(case.pk, "suspend", by=BY, at=AT, reason="Mróz", until=AT.date() + timedelta(days=9))
        take_step(case.pk, "resume", by=BY, at=AT)
        take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)
        take_step(case.pk, "delay", by=BY, at=AT, reason="Mróz", planned=AT.date() + timedelta(days=30))
        assert "w trakcie załatwiania" in Message.objects.get(notice="fault.changed").text


@pytest.mark.req("FAULT-41")
class TestCells:
    """The counts on the map are those of the reports, whatever happens to these."""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["add", "close", "move", "remove"]),
                st.integers(0, 5),
                st.floats(49.5, 54),
                st.floats(15, 24),
            ),
            max_size=12,
        )
    )
    def test_counts_follow(self, city, deeds):
        with transaction.atomic():
            cases = [city.reported(latitude=50 + one / 10, longitude=19.0) for one in range(2)]
            for deed, which, latitude, longitude in deeds:
                chosen = Report.objects.filter(pk=cases[which % len(cases)].pk)
                if deed == "add":
                    cases.append(city.reported(latitude=latitude, longitude=longitude))
                elif deed == "close":
                    chosen.update(open=False)
                elif deed == "move":
                    chosen.update(latitude=latitude, longitude=longitude)
                else:
                    chosen.update(latitude=None, longitude=None)
            self.check()
            transaction.set_rollback(True)

    def check(self):
        placed = list(
            Report.objects.filter(latitude__isnull=False).values_list("latitude", "longitude", "open")
        )
        for zoom in CELL_ZOOMS:
            told = {}
            for cell in MapCell.objects.filter(zoom=zoom):
                key = (cell.x, cell.y, cell.open)
                told[key] = told.get(key, 0) + cell.reports
            counted = {}
            for latitude, longitude, is_open in placed:
                key = (*cell_of(latitude, longitude, zoom), is_open)
                counted[key] = counted.get(key, 0) + 1
            assert {key: count for key, count in told.items() if count} == counted

    def test_a_report_that_ends_leaves_the_map_and_a_part_comes_to_it(self, city):
        box = Box(50.12, 19.05, 50.13, 19.07)
        first, second = (city.reported(latitude=HERE[0], longitude=HERE[1]) for _ in range(2))
        assert sum(count for count, *_ in clusters(box, 12)) == 2
        merge(second.pk, first.pk, by=acting(city.operator), at=AT)
        assert sum(count for count, *_ in clusters(box, 12)) == 1
        part = split(first.pk, by=acting(city.operator), at=AT, subject="Druga dziura")
        assert Report.objects.get(case=part).position == HERE
        assert sum(count for count, *_ in clusters(box, 12)) == 2
