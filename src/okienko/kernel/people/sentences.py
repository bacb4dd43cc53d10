"""What the entries of the record about people say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "person.invited": _("Invited"),
    "person.signed_up": _("Made an account"),
    "person.changed": _("Data changed"),
    "person.role_given": _("Role given"),
    "person.role_taken": _("Role ended"),
    "person.role_end_set": _("End of a role changed"),
    "organisation.file_read": _("File read"),
    "organisation.imported": _("Organisation imported from a spreadsheet"),
    "person.work_handed_over": _("Open work handed over"),
    "person.token_made": _("Key for a program made"),
    "person.token_withdrawn": _("Key for a program withdrawn"),
    "person.closed": _("Account closed, personal data removed"),
    "second_factor.asked": _("Second factor asked for"),
    "second_factor.not_asked": _("Second factor no longer asked for"),
    "role": _("Role"),
    "unit": _("Unit"),
    "group": _("Group"),
    "until": _("Until"),
    "email": _("E-mail"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "language": _("Language of the pages"),
    "must_use_second_factor": _("Must use a second factor"),
    "away_from": _("First day of leave"),
    "away_until": _("Last day of leave"),
    "is_active": _("May sign in"),
    "left_at": _("Gone since"),
    "to": _("Who takes it over"),
    "scopes": _("What the program may do"),
    "expires_at": _("Valid until"),
}
