"""The office's name, coat of arms and colour, for programs as on its page."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema, UploadedFile
from pydantic import Field

from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.office import actions, queries
from okienko.kernel.office.forms import CoatOfArmsForm, OfficeForm
from okienko.kernel.office.models import OfficeProfile
from okienko.kernel.people.access import actor_of
from okienko.site.api.checking import Given, checked, demand, told

router = Router(tags=["office"])
# Nothing was set yet in the version 0.
OfficeVersion = Annotated[int, Field(ge=0, le=2**31 - 1, description="Or `If-Match`.")]
TEXTS = ("name", "subtitle", "contact", "accessibility_page", "privacy_page", "bip_page", "colour")


class OfficeOut(Schema):
    name: str
    subtitle: str
    contact: str
    accessibility_page: str
    privacy_page: str
    bip_page: str
    colour: str
    coat_of_arms: str = Field(description="The address of the picture, or nothing.")
    version: int

    @staticmethod
    def resolve_coat_of_arms(office: OfficeProfile) -> str:
        return queries.address_of_coat(office)


class OfficeIn(Given):
    name: str = ""
    subtitle: str = ""
    contact: str = ""
    accessibility_page: str = ""
    privacy_page: str = ""
    bip_page: str = ""
    colour: str = ""
    version: OfficeVersion | None = None


@router.get("/office", response=OfficeOut, summary="Whose counter this is")
def read_office(request: HttpRequest, response: HttpResponse) -> OfficeProfile:
    return told(response, queries.profile())


@router.patch("/office", response=OfficeOut, summary="Change name, colour and contact")
def change_office(request: HttpRequest, response: HttpResponse, given: OfficeIn) -> OfficeProfile:
    """What is left out stays as it is."""
    demand(request, "office.change")
    found, version = queries.profile(), version_needed(request, given.version)
    wanted = given.model_dump(exclude_unset=True, exclude={"version"})
    asked = {name: getattr(found, name) for name in TEXTS} | wanted | {"version": version}
    changed = actions.change_office(by=actor_of(request), at=now(), **checked(OfficeForm(asked)))
    return told(response, changed)


@router.post("/office/coat-of-arms", response=OfficeOut, summary="Set the coat of arms, with `If-Match`")
def set_coat_of_arms(request: HttpRequest, response: HttpResponse, file: File[UploadedFile]) -> OfficeProfile:
    demand(request, "office.change")
    form = CoatOfArmsForm({"version": version_needed(request, None)}, {"picture": file})
    read = checked(form, picture="file")
    return told(
        response,
        actions.set_coat_of_arms(
            read["picture"].read(), by=actor_of(request), at=now(), version=read["version"]
        ),
    )


@router.delete(
    "/office/coat-of-arms", response=OfficeOut, summary="Take the coat of arms away, with `If-Match`"
)
def take_coat_of_arms_away(request: HttpRequest, response: HttpResponse) -> OfficeProfile:
    demand(request, "office.change")
    version = version_needed(request, None)
    return told(response, actions.set_coat_of_arms(None, by=actor_of(request), at=now(), version=version))
