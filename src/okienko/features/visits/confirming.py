"""What shows that a message has reached whoever booked: a code that stands in the message and nowhere else.

It is reckoned from the secret of the booking and of the office, so that none is kept.
"""

from __future__ import annotations

import base64

from django.utils.crypto import constant_time_compare, salted_hmac

from okienko.features.visits.models import Booking, Service

PIN_DIGITS = 6


def code_of(booking: Booking) -> str:
    digest = salted_hmac("okienko.visits.confirm", booking.secret, algorithm="sha256").digest()
    if booking.confirm_by == Service.ConfirmBy.PIN:
        return f"{int.from_bytes(digest) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
    return base64.urlsafe_b64encode(digest[:18]).decode()


def is_right(booking: Booking, code: str) -> bool:
    return constant_time_compare(code_of(booking), "".join(code.split()))
