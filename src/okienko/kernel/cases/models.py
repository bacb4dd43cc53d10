from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from okienko.base import numbers
from okienko.base.decisions import Refused
from okienko.base.time import day_of
from okienko.kernel.cases import rules
from okienko.kernel.units.models import Group, Unit

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@SearchVectorField.register_lookup
class Holds(models.Lookup):
    """`words__holds`: the vector holds what a `tsquery` made by us asks for, a beginning by the words that begin so."""

    lookup_name = "holds"
    asked = "%s @@ (SELECT case_words_asked(%s))"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return self.asked % (left, right), (*left_values, *right_values)

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (value,)


@SearchVectorField.register_lookup
class HoldsInTurn(Holds):
    """The same, looked up in each row that comes along: for words that so many hold that an index is of no use."""

    lookup_name = "holds_in_turn"
    asked = "ts_match_vq(%s, (SELECT case_words_asked(%s)))"


class Channel(models.TextChoices):
    PAGE = "page", _("web form")
    PHONE = "phone", _("phone")
    MAIL = "mail", _("e-mail")
    LETTER = "letter", _("letter")
    DESK = "desk", _("in person")
    API = "api", _("other system")
    PAPER = "paper", _("paper, during an outage")


class Case(models.Model):
    """Something came in, has a number, lies in somebody's hands, and ends."""

    procedure = models.CharField(max_length=40)
    number = models.CharField(_("number"), max_length=20)
    subject = models.CharField(_("subject"), max_length=250)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("category"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=40)
    open = models.BooleanField(_("open"), default=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    received_at = models.DateTimeField(_("received"))
    registered_at = models.DateTimeField(_("registered"))
    changed_at = models.DateTimeField(_("last change"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_order = models.DateTimeField(default=NEVER, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"), db_index=False
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, related_name="+", verbose_name=_("group"), db_index=False
    )
    group_before = models.ForeignKey(
        Group, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("handled by"),
        db_index=False,
    )
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    contact_name = models.CharField(_("name of the reporter"), max_length=200, blank=True)
    contact_email = models.EmailField(_("e-mail of the reporter"), blank=True)
    contact_phone = models.CharField(_("phone of the reporter"), max_length=20, blank=True)
    wants_answer = models.BooleanField(_("wants an answer"), default=False)
    follow_key = models.CharField(max_length=64)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    words = SearchVectorField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(open=True, closed_at__isnull=True) | Q(open=False, closed_at__isnull=False),
                name="case_closed_has_its_time",
            ),
            # Not `unique=True` on the fields: each would bring a second index, for beginnings that nobody asks for.
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.UniqueConstraint(fields=["follow_key"], name="case_follow_key_once"),
        ]
        indexes = [
            # With what figures are counted by, so that a year of them is read off this alone.
            models.Index(
                fields=["procedure", "received_at", "id"],
                include=["kind", "unit", "group", "channel", "open", "closed_at"],
                name="case_received",
            ),
            models.Index(fields=["procedure", "due_order", "id"], name="case_by_due"),
            models.Index(fields=["procedure", "changed_at", "id"], name="case_by_change"),
            models.Index(fields=["procedure", "state", "received_at", "id"], name="case_by_state"),
            models.Index(fields=["procedure", "kind", "received_at", "id"], name="case_by_kind"),
            models.Index(fields=["group", "received_at", "id"], name="case_by_group"),
            models.Index(fields=["unit", "received_at", "id"], name="case_by_unit"),
            models.Index(fields=["person", "open"], name="case_by_person"),
            models.Index(
                fields=["procedure", "due_order", "id"], condition=Q(open=True), name="case_open_by_due"
            ),
            models.Index(
                fields=["procedure", "received_at", "id"],
                include=["due_order"],
                condition=Q(open=True),
                name="case_open_by_receipt",
            ),
            models.Index(fields=["contact_phone"], condition=~Q(contact_phone=""), name="case_by_phone"),
            GinIndex(fields=["words"], name="case_words"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def spoken_number(self) -> str:
        return numbers.read_aloud(self.number)

    @property
    def table(self) -> rules.Procedure:
        return rules.procedure(self.procedure)

    @property
    def state_name(self) -> str:
        """Of a duplicate its state says nothing: it goes on in the other."""
        merged = self.merged_into_id is not None
        return str(_("merged into another") if merged else self.table.state(self.state).name)

    @property
    def answer_wanted(self) -> bool:
        """By who brought it in, or by who brought in a duplicate of it: they get the same answer."""
        return self.wants_answer or any(one.answer_wanted for one in self.merged.only("wants_answer"))

    @property
    def facts(self) -> frozenset[str]:
        """What is so about the case and may make an input of a step required."""
        return frozenset({"wants_answer"} if self.answer_wanted else ()).union(self.table.facts(self))

    def days(self, today: date) -> dict[str, date]:
        """Those from which the table counts others."""
        days = {rules.TODAY: today, rules.RECEIVED: day_of(self.received_at)}
        return days | {rules.DUE: day_of(self.due_at)} if self.due_at else days

    @property
    def forgotten(self) -> bool:
        return not self.open and rules.FORGOTTEN in self.table.facts(self)

    def refuse_forgotten(self) -> None:
        """The rule of retention does not look at it again: what came back would stay for good."""
        if self.forgotten:
            raise Refused(_("The personal data of this case have been removed."), code="forgotten")

    @property
    def state_said(self) -> str:
        """The same for whoever brought it in."""
        said = self.table.state(self.state).said
        return str(said) if said and self.merged_into_id is None else self.state_name

    @property
    def state_badge(self) -> str:
        return "neutral" if self.merged_into_id else self.table.state(self.state).badge


class KnownWord(models.Model):
    """A word by which cases are found, and a note of each that a case has let go of: perhaps no other has it.

    The database writes them itself, however a case comes or is changed (migration 0006). A word that is brought twice at
    once stands here twice, since nobody is to wait for another; what no case has any more is cleared by a job.
    """

    text = models.TextField(db_collation="C")
    let_go = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["text"], condition=Q(let_go=False), name="known_word_by_beginning"),
            models.Index(fields=["id"], condition=Q(let_go=True), name="known_word_let_go"),
        ]

    def __str__(self) -> str:
        return self.text


class Sight(models.Model):
    """A unit or a group to which a case was ever passed: it may see the case from then on.

    What lists are narrowed and ordered by stands here once more, so that the list of one place is read off one index.
    The database writes these copies itself, however a case is changed (migration 0003).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="sights")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+", db_index=False)
    place = models.GeneratedField(
        expression=Coalesce(F("group_id"), -F("unit_id")),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    since = models.DateTimeField()
    procedure = models.CharField(max_length=40, editable=False)
    received_at = models.DateTimeField(editable=False)
    due_order = models.DateTimeField(editable=False)
    kind = models.CharField(max_length=60, editable=False)
    state = models.CharField(max_length=40, editable=False)
    open = models.BooleanField(editable=False)

    COPIES = ("procedure", "received_at", "due_order", "kind", "state", "open")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, group__isnull=True)
                | Q(unit__isnull=True, group__isnull=False),
                name="sight_of_unit_or_group",
            ),
            models.UniqueConstraint(fields=["place", "case"], name="sight_once"),
        ]
        indexes = [
            models.Index(
                fields=["place", "procedure", "received_at", "case"],
                include=["kind", "state", "open", "due_order"],
                name="sight_by_receipt",
            ),
            models.Index(
                fields=["place", "procedure", "due_order", "case"],
                include=["kind", "state", "open", "received_at"],
                name="sight_by_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.unit_id or self.group_id}"


class Link(models.Model):
    class Kind(models.TextChoices):
        RELATED = "related", _("related to")
        PART = "part", _("part split off from")
        DUPLICATE = "duplicate", _("duplicate of")

    source = models.ForeignKey(Case, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Case, models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="case_link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="case_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class SavedView(models.Model):
    """A list as somebody likes it: its address under a name, for oneself or for all who may open the list."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    list_code = models.CharField(max_length=60)
    name = models.CharField(_("name of the view"), max_length=100)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(_("for everybody who may open this list"), default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_code", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
