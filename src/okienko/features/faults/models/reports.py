from __future__ import annotations

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models.categories import Category
from okienko.features.faults.models.places import Area
from okienko.features.faults.rules import RPW_PATTERN
from okienko.kernel.cases.models import Case


class Report(models.Model):
    """What a fault report has beside what every case has: a category and a place."""

    class Reminded(models.IntegerChoices):
        """The last of which those who have it were told; each once, in this order."""

        NOT_YET = 0
        SOON = 1
        LATE = 2

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="report")
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports")
    place = models.CharField(_("place in words"), max_length=300)
    street = models.CharField(_("street"), max_length=150, blank=True)
    house_number = models.CharField(_("number"), max_length=20, blank=True)
    cadastral_district = models.CharField(_("cadastral district"), max_length=60, blank=True)
    parcel = models.CharField(_("parcel number"), max_length=40, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("district")
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    language = models.CharField(_("language of the reporter"), max_length=5, default="pl")
    forgotten_at = models.DateTimeField(null=True, editable=False)
    open = models.BooleanField(default=True, editable=False)
    token = models.CharField(max_length=40, blank=True, editable=False)
    public_text = models.TextField(_("text that everybody sees"), blank=True)
    rpw = models.CharField(_("RPW number"), max_length=20, blank=True)
    waiting = models.BooleanField(_("to be taken up"), default=False, db_default=False, editable=False)
    place_released = models.BooleanField(_("exact place shown to everybody"), default=False, db_default=False)
    first = models.ForeignKey(
        Case, models.SET_NULL, null=True, related_name="+", verbose_name=_("the report that came")
    )
    returns_on = models.DateField(_("suspended until"), null=True, blank=True)
    planned_on = models.DateField(_("planned date of ending"), null=True, blank=True)
    delay_reason = models.TextField(_("reason of the delay"), blank=True, db_default="")
    reminded = models.PositiveSmallIntegerField(
        choices=Reminded, default=Reminded.NOT_YET, db_default=Reminded.NOT_YET, editable=False
    )
    # What is counted of it, kept here so that statistics need not read the record.
    passed_at = models.DateTimeField(null=True, editable=False)  # to those who first took it up
    taken_up_at = models.DateTimeField(null=True, editable=False)
    in_time = models.BooleanField(null=True, editable=False)
    times_returned = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    times_rejected = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    times_reopened = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    covers = models.CharField(_("which part it covers"), max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="fault_position_on_the_map",
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="fault_sent_once"),
            models.CheckConstraint(
                condition=Q(rpw="") | Q(rpw__regex=RPW_PATTERN), name="fault_rpw_of_its_form"
            ),
            models.CheckConstraint(condition=Q(waiting=False) | Q(open=True), name="fault_waiting_is_open"),
        ]
        indexes = [
            # Of open ones alone: whoever looks at the map, or for neighbours, wants no others.
            GistIndex(
                Func("longitude", "latitude", function="point"),
                condition=Q(open=True),
                name="fault_report_open_points",
            ),
            models.Index(fields=["case"], condition=Q(waiting=True), name="fault_report_to_take_up"),
            models.Index(
                fields=["case"],
                include=[
                    "area",
                    "passed_at",
                    "taken_up_at",
                    "in_time",
                    "times_returned",
                    "times_rejected",
                    "times_reopened",
                ],
                name="fault_report_in_figures",
            ),
            models.Index(
                fields=["returns_on"], condition=Q(returns_on__isnull=False), name="fault_report_to_return"
            ),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def address(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def public_address(self) -> str:
        """The number of a house is somebody's address, until a clerk says that everybody may see it."""
        return self.address if self.place_released else self.street

    @property
    def public_position(self) -> tuple[float, float] | None:
        """To about a hundred metres, until released."""
        if self.position is None or self.place_released:
            return self.position
        return coarse(*self.position)


def coarse(latitude: float, longitude: float) -> tuple[float, float]:
    return round(latitude, 3), round(longitude, 3)


class Source(models.Model):
    """What was sent, as it came, label by label; contact data apart, since consent to them can be withdrawn.

    The database lets nobody change it (migration 0003); it goes with the report's personal data.
    """

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True, related_name="source")
    came_at = models.DateTimeField()
    told = models.JSONField()
    contact = models.JSONField()

    def __str__(self) -> str:
        return str(self.report_id)


class Answer(models.Model):
    """What the reporter said to one question, in the words in which it was asked then."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="answers", db_index=False)
    position = models.PositiveSmallIntegerField()
    asked = models.CharField(max_length=200)
    said = models.CharField(max_length=500)

    class Meta:
        ordering = ["report_id", "position"]
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="fault_answer_place_once")]

    def __str__(self) -> str:
        return f"{self.asked} {self.said}"
