from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.units.models import Group


class Category(models.Model):
    """What a report is about: roads, greenery, waste; below each, its kinds."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="kinds", verbose_name=_("kind of")
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    shortcut = models.CharField(_("two letters"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=100)
    sort_key = models.CharField(max_length=250, editable=False)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group responsible")
    )
    handled_elsewhere = models.TextField(_("where to turn instead, if it is not handled here"), blank=True)
    elsewhere_phone = models.CharField(_("phone to call instead"), max_length=40, blank=True)
    release_text = models.BooleanField(_("show the text to everybody without a clerk"), default=False)
    release_photos = models.BooleanField(_("show photos to everybody without a clerk"), default=False)
    release_place = models.BooleanField(_("show the exact place to everybody without a clerk"), default=False)
    takes_mail = models.BooleanField(_("e-mails wait here until an operator takes them up"), default=False)
    near_metres = models.PositiveSmallIntegerField(
        _("neighbours within so many metres"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(2000)],
    )
    near_weeks = models.PositiveSmallIntegerField(
        _("neighbours of so many weeks"),
        default=12,
        validators=[MinValueValidator(0), MaxValueValidator(520)],
    )
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="fault_category_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(shortcut__regex=r"^[[:upper:]]{2}$"), name="fault_category_two_letters"
            ),
            models.UniqueConstraint(
                fields=["takes_mail"], condition=Q(takes_mail=True), name="fault_category_one_takes_mail"
            ),
            models.CheckConstraint(
                condition=Q(takes_mail=False) | Q(handled_elsewhere=""),
                name="fault_category_of_mail_handled_here",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One line of the minimum information: what to ask about before a report of this category is taken."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("question"), max_length=200)
    required = models.BooleanField(_("must be answered"), default=False)

    class Meta:
        ordering = ["category_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["category", "position"], name="fault_question_place_once")
        ]

    def __str__(self) -> str:
        return self.text
