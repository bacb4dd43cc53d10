"""What other modules' pages show of messages: `{% load office_messages %}{% messages_about case %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.db import models

from okienko.kernel.messages import queries

register = template.Library()


@register.inclusion_tag("office_messages/of_subject.html")
def messages_about(subject: models.Model) -> dict[str, Any]:
    return {
        "messages_of_subject": queries.messages_of(subject),
        "mails_of_subject": queries.mails_of(subject),
    }
