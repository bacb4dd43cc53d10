from __future__ import annotations

from django.urls import path

from okienko.kernel.people.views import organisation, own, roles, staff, units

app_name = "people"
urlpatterns = [
    path("moje/", own.own, name="own"),
    path("moje/klucze/", own.tokens, name="tokens"),
    path("moje/klucze/<int:token_id>/wycofanie/", own.withdraw_token, name="withdraw_token"),
    path("osoby/", staff.people, name="people"),
    path("osoby/zaproszenie/", staff.invite, name="invite"),
    path("osoby/nieobecne/", staff.away, name="away"),
    path("osoby/<int:person_id>/", staff.person, name="person"),
    path("osoby/<int:person_id>/zmiana/", staff.change, name="change"),
    path("osoby/<int:person_id>/urlop/", staff.leave, name="leave"),
    path("osoby/<int:person_id>/odejscie/", staff.gone, name="gone"),
    path("osoby/<int:person_id>/przekazanie/", staff.hand_over, name="hand_over"),
    path("osoby/<int:person_id>/rola/", staff.give_role, name="give_role"),
    path("osoby/<int:person_id>/rola/<int:grant_id>/koniec/", staff.take_role, name="take_role"),
    path("role/", roles.permission_table, name="roles"),
    path("organizacja/", organisation.organisation, name="organisation"),
    path("organizacja/eksport/<str:form>/", organisation.export, name="export"),
    path("organizacja/eksport/<str:form>/<str:sheet>/", organisation.export, name="export_sheet"),
    path("organizacja/import/<int:import_id>/", organisation.show_import, name="import"),
    path("jednostki/", units.units, name="units"),
    path("jednostki/nowa/", units.add_unit, name="add_unit"),
    path("jednostki/<int:unit_id>/", units.unit, name="unit"),
    path("jednostki/<int:unit_id>/zmiana/", units.change_unit, name="change_unit"),
    path("jednostki/<int:unit_id>/wylaczenie/", units.switch_unit, name="switch_unit"),
    path("jednostki/<int:unit_id>/grupa/", units.group, name="add_group"),
    path("jednostki/<int:unit_id>/grupa/<int:group_id>/", units.group, name="group"),
    path("jednostki/<int:unit_id>/miejsce/", units.location, name="add_location"),
    path("jednostki/<int:unit_id>/miejsce/<int:location_id>/", units.location, name="location"),
]
