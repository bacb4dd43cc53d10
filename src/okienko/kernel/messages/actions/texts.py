from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages import composing, declaring, queries
from okienko.kernel.messages.declaring import Notice, Original
from okienko.kernel.messages.models import Edition, Settings, Template


@atomic
def change_text(
    notice_code: str,
    text: Original,
    *,
    by: Actor,
    at: datetime,
    language: str,
    version: int,
    variant: str = "",
) -> Edition:
    notice = declaring.notice(notice_code)
    if notice.printed and not (text.subject and text.body):
        raise Refused(_("A letter needs a heading and a text."), code="no-text", field="body")
    if not text.body and not text.sms:
        raise Refused(
            _("Write the text of the e-mail, of the text message, or of both."), code="no-text", field="body"
        )
    if text.body and not text.subject:
        raise Refused(_("An e-mail needs a subject."), code="no-subject", field="subject")
    composing.check(notice, text, language)
    return _new_edition(notice, language, variant, version, text, "message.template_changed", by=by, at=at)


@atomic
def back_to_original(
    notice_code: str, *, by: Actor, at: datetime, language: str, version: int, variant: str = ""
) -> Edition:
    """The text that the system brings; for a service or procedure, the general one again."""
    notice = declaring.notice(notice_code)
    return _new_edition(notice, language, variant, version, None, "message.template_original", by=by, at=at)


def _new_edition(
    notice: Notice, language: str, variant: str, version: int, text: Original | None, kind: str, *,
    by: Actor, at: datetime,
) -> Edition:  # fmt: skip
    if language not in notice.languages or (variant and variant not in notice.variants()):
        raise Refused(_("There is no such text."), code="no-such-text")
    template, _new = Template.objects.get_or_create(notice=notice.code, language=language, variant=variant)
    template = Template.objects.select_for_update().get(pk=template.pk)
    changes.check_version(template, version)
    before = queries.text_in_force(notice, language, variant)
    template.version += 1
    template.save(update_fields=["version"])
    new = text or Original()
    edition = Edition.objects.create(
        template=template,
        version=template.version,
        subject=new.subject,
        body=new.body,
        sms=new.sms,
        original=text is None,
        since=at,
        made_by_id=by.person_id,
    )
    after = queries.text_in_force(notice, language, variant)
    record(template, kind, by=by, at=at, before=_plain(before), after=_plain(after))
    return edition


def _plain(text: Original) -> dict[str, Any]:
    return {"subject": text.subject, "body": text.body, "sms": text.sms}


@atomic
def change_settings(*, by: Actor, at: datetime, fold_letters: bool, reply_to: str) -> Settings:
    row, _new = Settings.objects.select_for_update().get_or_create(one=True)
    before, after = changes.apply(row, {"fold_letters": fold_letters, "reply_to": reply_to})
    row.save()
    record(row, "message.settings_changed", by=by, at=at, before=before, after=after)
    return row
