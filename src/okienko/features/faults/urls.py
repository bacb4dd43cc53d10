from __future__ import annotations

from django.urls import path

from okienko.features.faults.boards import views as boards
from okienko.features.faults.categories import views as categories
from okienko.features.faults.contractors import views as contractors
from okienko.features.faults.end_of_life import views as end_of_life
from okienko.features.faults.intake import views as intake
from okienko.features.faults.offline import views as offline
from okienko.features.faults.parts import views as parts
from okienko.features.faults.phone import views as phone
from okienko.features.faults.places import views as places
from okienko.features.faults.public import feeds
from okienko.features.faults.public import views as public
from okienko.features.faults.routing import views as routing
from okienko.features.faults.statistics import views as statistics
from okienko.features.faults.taking_up import views as taking_up

app_name = "faults"
urlpatterns = [
    path("", intake.report, name="report"),
    path("nowe/<str:key>/miejsce/", intake.place, name="draft_place"),
    path("nowe/<str:key>/opis/", intake.what, name="draft_what"),
    path("nowe/<str:key>/obok/", intake.near, name="draft_near"),
    path("nowe/<str:key>/obok/<str:number>/", intake.me_too, name="me_too"),
    path("nowe/<str:key>/kontakt/", intake.contact, name="draft_contact"),
    path("na-jednej-stronie/", offline.whole_report, name="whole_report"),
    path("bez-sieci.js", offline.worker, name="worker"),
    path("sledz/<str:key>/", public.follow, name="follow"),
    path("sledz/<str:key>/zdjecia/", public.add_photos, name="add_photos"),
    path("sledz/<str:key>/pytanie/", public.ask, name="ask"),
    path("sledz/<str:key>/dane/", public.withdraw, name="withdraw"),
    path("mapa/", public.everything, name="map"),
    path("nowe.rss", feeds.rss, name="rss"),
    path("nowe.geojson", feeds.geojson, name="geojson"),
    path("mapa/okno/", public.window, name="window"),
    path("mapa/rysunek/", public.drawn, name="drawn"),
    path("nr/", public.find, name="find"),
    path("nr/<str:number>/ja/<str:key>/", public.leave, name="leave"),
    path("nr/<str:number>/", public.one, name="public"),
    path("nr/<str:number>/zdjecie/<int:document_id>/", public.photo, name="photo"),
    path("tablica/", boards.board, name="board"),
    path("statystyki/", statistics.statistics, name="statistics"),
    path("statystyki/<slug:table>.<slug:form>", statistics.statistics_file, name="statistics_file"),
    path("po-terminie/", end_of_life.ending, name="ending"),
    path("po-terminie/<int:run_id>.<slug:form>", end_of_life.statement, name="ending_statement"),
    path("telefon/", phone.by_phone, name="by_phone"),
    path("telefon/lista/", phone.checklist, name="checklist"),
    path("telefon/obok/", phone.near, name="near"),
    path("telefon/<str:number>/", phone.read_out, name="read_out"),
    path("pytania/", phone.enquiries, name="enquiries"),
    path("sprawa/<str:number>/pytanie/", phone.enquiry, name="enquiry"),
    path("do-przyjecia/", taking_up.queue, name="to_take_up"),
    path("do-przyjecia/<str:number>/", taking_up.take_up, name="take_up"),
    path("sprawa/<str:number>/zdarzenia/", parts.split_events, name="split_events"),
    path("sprawa/<str:number>/miejsce/", places.change_place, name="change_place"),
    path("sprawa/<str:number>/dla-wszystkich/", public.release, name="release"),
    path("sprawa/<str:number>/zlecenie/", contractors.order, name="order"),
    path("zlecenie/<str:key>/", contractors.contractor, name="contractor"),
    path("zlecenie/<str:key>/zdjecie/<int:document_id>/", contractors.photo, name="contractor_photo"),
    path("zlecenia/<int:order_id>/wycofanie/", contractors.revoke, name="revoke_order"),
    path("firmy/", contractors.firms, name="firms"),
    path("firmy/nowa/", contractors.firm, name="add_firm"),
    path("firmy/<int:firm_id>/", contractors.firm, name="firm"),
    path("ulice/", places.streets, name="streets"),
    path("kategorie/", categories.categories, name="categories"),
    path("kategorie/nowa/", categories.category, name="add_category"),
    path("kategorie/<int:category_id>/", categories.category, name="category"),
    path("reguly/", routing.rules, name="rules"),
    path("reguly/nowa/", routing.rule, name="add_rule"),
    path("reguly/<int:rule_id>/", routing.rule, name="rule"),
    path("obszary/", places.areas, name="areas"),
    path("obszary/wczytaj/", places.load, name="load_areas"),
]
