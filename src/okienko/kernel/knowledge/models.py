from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Article(models.Model):
    """What the office knows and wants others to know: for everybody, or for its own people."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    class Audience(models.TextChoices):
        RESIDENTS = "residents", _("everybody")
        STAFF = "staff", _("staff only")

    title = models.CharField(_("title"), max_length=200)
    sort_key = models.CharField(max_length=400, editable=False)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="pl")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience)
    written_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("last change"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    words = SearchVectorField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False),
                name="article_published_has_its_time",
            )
        ]
        indexes = [
            GinIndex(fields=["words"], name="article_words"),
            models.Index(fields=["state", "audience", "sort_key"], name="article_by_audience"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Version(models.Model):
    """An article as it stood once: nothing that was ever shown is lost."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    author = models.CharField(max_length=200)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="article_version_once")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.number}"
