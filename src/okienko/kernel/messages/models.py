from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.messages.rules.recognising import Kind as MailKind
from okienko.kernel.units.models import Group, Unit


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Template(models.Model):
    """The texts of one notice in one language, for everything or for one service or procedure."""

    notice = models.CharField(max_length=80)
    variant = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "variant", "language"], name="message_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.variant} {self.language}"


class Edition(models.Model):
    """A template as it stood in one version; `original` when it went back to the text that the system brings."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="editions")
    version = models.PositiveIntegerField()
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text of the e-mail"), blank=True)
    sms = models.TextField(_("text message"), blank=True)
    original = models.BooleanField(default=False)
    since = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["template", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="message_template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.template_id} #{self.version}"


class Message(models.Model):
    """A text to somebody about something, as it is sent. A row of the transaction that it tells about."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        UNCERTAIN = "uncertain", _("perhaps delivered")
        FAILED = "failed", _("could not be delivered")
        BOUNCED = "bounced", _("came back")
        CANCELLED = "cancelled", _("cancelled before sending")

    TROUBLES = (State.UNCERTAIN, State.FAILED, State.BOUNCED)

    notice = models.CharField(max_length=80)
    variant = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    cause = models.CharField(max_length=200)
    once = models.CharField(max_length=64, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    number = models.CharField(_("number"), max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    address = models.CharField(_("to"), max_length=254, blank=True)
    title = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=32, editable=False)
    mail_id = models.CharField(max_length=300, blank=True)
    in_reply_to = models.CharField(max_length=500, blank=True)
    gateway_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    problem = models.TextField(_("reason"), blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField(_("written"))
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(next_try_at__isnull=False),
                name="message_waiting_for_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False),
                name="message_sent_some_time",
            ),
            # Not `unique=True` on the fields: each would bring a second index, for beginnings of random letters.
            models.UniqueConstraint(fields=["once"], name="message_once"),
            models.UniqueConstraint(fields=["key"], name="message_key_once"),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at", "id"],
                condition=Q(state="waiting"),
                name="message_due",
            ),
            models.Index(
                fields=["state", "id"], condition=~Q(state__in=["sent", "delivered"]), name="message_open"
            ),
            models.Index(fields=["subject_type", "subject_id", "id"], name="message_by_subject"),
            models.Index(fields=["written_at", "id"], name="message_by_time"),
            models.Index(fields=["unit", "written_at", "id"], name="message_by_unit"),
            models.Index(fields=["mail_id"], name="message_by_mail_id"),
            models.Index(fields=["gateway_id"], condition=~Q(gateway_id=""), name="message_by_gateway_id"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.pk}"

    @property
    def badge(self) -> str:
        kinds: dict[Any, str] = {
            self.State.SENT: "good", self.State.DELIVERED: "good", self.State.WAITING: "info",
            self.State.SENDING: "info", self.State.UNCERTAIN: "warning", self.State.FAILED: "late",
            self.State.BOUNCED: "late",
        }  # fmt: skip
        return kinds.get(self.state, "neutral")

    @property
    def is_trouble(self) -> bool:
        return self.state in self.TROUBLES


class Attempt(models.Model):
    """One try to hand a message over. Its phase decides what may be done when its sender dies."""

    class Phase(models.TextChoices):
        CLAIMED = "claimed", _("begun")
        HANDING = "handing", _("being handed over")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        POSTPONED = "postponed", _("not now")
        UNKNOWN = "unknown", _("no answer")
        ABANDONED = "abandoned", _("broken off before handing over")

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.CLAIMED)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="message_attempt_once")]
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=Q(phase__in=["claimed", "handing"]),
                name="message_attempt_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number}"


class Enclosure(models.Model):
    """A small file that goes out with an e-mail: an entry for a calendar, a confirmation."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="enclosures")
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Mailbox(models.Model):
    """How far a box has been read."""

    address = models.CharField(max_length=300, unique=True)
    validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.address


class IncomingMail(models.Model):
    """A mail whole, as it came, and what became of it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("just came")
        JOINED = "joined", _("joined a case")
        TAKEN = "taken", _("made a new case")
        UNTAKEN = "untaken", _("nobody took it")
        ASIDE = "aside", _("set aside")

    class Kind(models.TextChoices):
        MAIL = MailKind.MAIL.value, _("mail")
        AUTO_REPLY = MailKind.AUTO_REPLY.value, _("automatic reply")
        BOUNCE = MailKind.BOUNCE.value, _("returned message")
        DELAY = MailKind.DELAY.value, _("notice of delay")
        LOOP = MailKind.LOOP.value, _("our own mail")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="mails")
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    message_id = models.CharField(max_length=800, blank=True)
    sender = models.CharField(_("from"), max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(blank=True)
    source = models.BinaryField()
    received_at = models.DateTimeField(_("came"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MAIL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="incoming_by_subject"),
            models.Index(fields=["received_at", "id"], name="incoming_by_time"),
            models.Index(fields=["state"], condition=Q(state="received"), name="incoming_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["joined", "taken"]) | Q(subject_id__isnull=False),
                name="incoming_belongs_somewhere",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.title}"

    @property
    def automatic(self) -> bool:
        return self.kind != self.Kind.MAIL


class Settings(models.Model):
    """One row: what an administrator has set for messages."""

    one = models.BooleanField(primary_key=True, default=True)
    fold_letters = models.BooleanField(_("send text messages without Polish letters"), default=True)
    reply_to = models.EmailField(_("address for replies"), blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(one=True), name="message_settings_once")]

    def __str__(self) -> str:
        return "messages"
