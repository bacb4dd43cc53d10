from __future__ import annotations

import time
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.kernel.messages.rules import inflection, short
from okienko.kernel.messages.rules.parsing import parse as parse_mail
from okienko.kernel.messages.rules.parsing import without_markup
from okienko.kernel.messages.rules.recognising import Kind as MailKind
from okienko.kernel.messages.rules.recognising import numbers_in, recognise
from okienko.kernel.messages.rules.wording import Kind, WrongWording, fill, parse

KNOWN = {"number": Kind.TEXT, "count": Kind.NUMBER, "day": Kind.DATE, "at": Kind.MOMENT}
AT = datetime(2026, 12, 1, 13, 5, tzinfo=UTC)


def filled(text: str, language: str = "pl", **data: Any) -> str:
    return fill(parse(text, KNOWN, language), data, language)


@pytest.mark.req("CORE-34")
@pytest.mark.parametrize(
    ("count", "pl", "uk", "en"),
    [(0, "dni", "днів", "days"), (1, "dzień", "день", "day"), (2, "dni", "дні", "days"), (5, "dni", "днів", "days"),
     (12, "dni", "днів", "days"), (21, "dni", "день", "days"), (22, "dni", "дні", "days"), (112, "dni", "днів", "days")],
)  # fmt: skip
def test_plural_forms(count: int, pl: str, uk: str, en: str) -> None:
    assert filled("{{count}} {{count|dzień|dni|dni}}", count=count) == f"{count} {pl}"
    assert filled("{{count|день|дні|днів}}", "uk", count=count) == uk
    assert filled("{{count|day|days}}", "en", count=count) == en


def test_polish_tells_few_from_many() -> None:
    forms = [filled("{{count|sprawa|sprawy|spraw}}", count=count) for count in (1, 3, 5, 13, 24, 101)]
    assert forms == ["sprawa", "sprawy", "spraw", "spraw", "sprawy", "spraw"]


@pytest.mark.req("CORE-34")
def test_dates_are_inflected() -> None:
    assert filled("{{day:on}}", day=date(2026, 12, 1)) == "we wtorek 1 grudnia 2026"
    assert filled("{{day:long}}", "uk", day=date(2026, 12, 1)) == "вівторок, 1 грудня 2026 р."
    assert filled("{{day}} {{day:short}}", "en", day=date(2026, 12, 1)) == "1 December 2026 01/12/2026"
    assert filled("{{at:on}} o {{at:time}}", at=AT) == "we wtorek 1 grudnia 2026 o 14:05"
    assert filled("{{at}}|{{at:date}}", at=AT) == "1 grudnia 2026, 14:05|1 grudnia 2026"


@pytest.mark.req("CORE-30")
@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("{{numer}}", "unknown", "number"),
        ("{{xyzzy}}", "unknown", ""),
        ("{{ number", "brace", ""),
        ("number }}", "brace", ""),
        ("{{count|dzień|dni}}", "forms", "3"),
        ("{{count|dzień||dni}}", "forms", "3"),
        ("{{number|a|b|c}}", "not-a-number", ""),
        ("{{day:time}}", "form", "long, on, short"),
        ("{{number.__class__}}", "unknown", "number"),
        ("{% load x %}{{}}", "unknown", ""),
    ],
)
def test_what_cannot_be_filled_is_refused(text: str, code: str, near: str) -> None:
    with pytest.raises(WrongWording) as refused:
        parse(text, KNOWN, "pl")
    assert (refused.value.code, refused.value.near) == (code, near)


@given(st.text(), st.text(), st.text())
def test_a_value_is_never_read_as_a_template(before: str, value: str, after: str) -> None:
    before, after = before.replace("{", "").replace("}", ""), after.replace("{", "").replace("}", "")
    assert (
        filled(f"{before}{{{{number}}}}{after}", number=f"{{{{count}}}}{value}")
        == f"{before}{{{{count}}}}{value}{after}"
    )


@given(st.text(alphabet="{}|:ab number_count", max_size=60))
def test_a_template_is_either_refused_or_can_be_filled(text: str) -> None:
    try:
        parts = parse(text, KNOWN, "pl")
    except WrongWording:
        return
    fill(parts, {"number": "x", "count": 3, "day": date(2026, 1, 1), "at": AT}, "pl")


@given(st.integers(), st.sampled_from(["pl", "uk", "en"]))
def test_every_number_has_a_form(count: int, language: str) -> None:
    assert 0 <= inflection.form_of(count, language) < inflection.FORMS[language]


@pytest.mark.req("CORE-33")
@pytest.mark.parametrize(
    ("text", "alphabet", "parts", "left"),
    [
        ("", "GSM-7", 0, 160),
        ("a" * 160, "GSM-7", 1, 0),
        ("a" * 161, "GSM-7", 2, 145),
        ("€" * 80, "GSM-7", 1, 0),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 2, 141),
        ("ą" * 70, "UCS-2", 1, 0),
        ("ą" * 71, "UCS-2", 2, 63),
        ("😀" * 36, "UCS-2", 2, 61),
    ],
)
def test_parts_of_text_messages(text: str, alphabet: str, parts: int, left: int) -> None:
    length = short.length(text)
    assert (length.alphabet, length.parts, length.left) == (alphabet, parts, left)


@pytest.mark.req("CORE-33")
def test_polish_letters_are_folded_and_case_stays() -> None:
    assert short.folded("Zażółć GĘŚLĄ jaźń – „ok”…") == 'Zazolc GESLA jazn - "ok"...'
    assert short.folded("Привіт é") == "Привіт é"


@given(st.text(max_size=700))
def test_folding_never_makes_a_message_longer_in_parts(text: str) -> None:
    assert short.length(short.folded(text)).parts <= max(
        short.length(text).parts, -(-len(short.folded(text)) // 67) or 1
    )


def mail(**headers: str) -> bytes:
    message = EmailMessage()
    for name, value in ({"From": "Anna <anna@example.org>", "Subject": "Pytanie"} | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content("Dzień dobry")
    return message.as_bytes()


def kind_of(source: bytes) -> MailKind:
    return recognise(parse_mail(source), own_address="urzad@okienko.example", own_mark="okienko.example").kind


@pytest.mark.req("CORE-32")
@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, MailKind.MAIL),
        ({"Auto_Submitted": "no"}, MailKind.MAIL),
        ({"Auto_Submitted": "auto-replied; owner=x"}, MailKind.AUTO_REPLY),
        ({"Precedence": "bulk"}, MailKind.AUTO_REPLY),
        ({"X_Autoreply": "yes"}, MailKind.AUTO_REPLY),
        ({"Subject": "Automatyczna odpowiedź: nieobecność"}, MailKind.AUTO_REPLY),
        ({"Subject": "Out of office"}, MailKind.AUTO_REPLY),
        ({"Return_Path": "<>"}, MailKind.AUTO_REPLY),
        ({"From": "MAILER-DAEMON@example.org"}, MailKind.BOUNCE),
        ({"From": "urzad@okienko.example"}, MailKind.LOOP),
        ({"X_Okienko_Office": "okienko.example"}, MailKind.LOOP),
    ],
)
def test_what_machines_send_is_recognised(headers: dict[str, str], kind: MailKind) -> None:
    assert kind_of(mail(**headers)) is kind


BOUNCE = b"""From: Mail System <MAILER-DAEMON@mx.example.org>
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; anna@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: message/rfc822

Message-ID: <abc.100014@okienko.example>
Subject: [100014] x

text
--b--
"""


@pytest.mark.req("CORE-32")
def test_a_bounce_names_what_it_brings_back_and_why() -> None:
    parsed = parse_mail(BOUNCE)
    verdict = recognise(parsed, own_address="a@okienko.example", own_mark="okienko.example")
    assert (verdict.kind, verdict.reason) == (MailKind.BOUNCE, "5.1.1 550 no such user")
    assert parsed.returned == ("<abc.100014@okienko.example>",)
    delayed = BOUNCE.replace(b"Action: failed", b"Action: delayed")
    assert kind_of(delayed) is MailKind.DELAY


@pytest.mark.req("CORE-20", "CORE-32")
def test_numbers_in_subjects_need_their_check_digit() -> None:
    from okienko.base.numbers import with_check_digit

    good = with_check_digit(10001)
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert list(numbers_in(f"Re: [{good}] sprawa")) == [good]
    assert list(numbers_in(f"Odp: {good[:3]} {good[3:]}")) == [good]
    assert list(numbers_in(f"Re: [{wrong}] sprawa")) == []
    assert list(numbers_in("faktura 2026-12-01")) == []


def test_html_alone_becomes_text() -> None:
    source = b"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n"
    source += b"<style>x{}</style><p>Za\xc5\xbc<b>o</b></p><script>1</script>ok"
    assert parse_mail(source).text == "Zażo\nok"
    assert without_markup("a &amp; b<br>c") == "a & b\nc"


def test_lies_about_letters_do_no_harm() -> None:
    lie = "From: a@example.org\nContent-Type: text/plain; charset=us-ascii\n\nZażółć".encode()
    assert parse_mail(lie).text == "Zażółć"
    old = "From: a@example.org\nContent-Type: text/plain; charset=x-nothing\n\nZażółć".encode("cp1250")
    assert parse_mail(old).text == "Zażółć"


def test_of_markup_only_what_is_seen_is_read() -> None:
    assert (
        without_markup("<head><title>x</title></head><p>raz<!-- nie --> <B>dwa</B></p><style>never</p>")
        == "raz dwa"
    )
    assert without_markup("<script>1</script>a < b &lt;c&gt;<br/>d<STYLE>e</Style >f") == "a < b <c>\nd f"


def nested(depth: int, kind: bytes = b"multipart/mixed; boundary=b%d\n\n--b%d") -> bytes:
    return b"".join(b"Content-Type: " + kind.replace(b"%d", b"%d" % level) + b"\n" for level in range(depth))


@pytest.mark.req("CORE-32", "CORE-66")
@pytest.mark.parametrize(
    "made",
    [
        nested(2000),
        nested(2000, b"message/rfc822\n"),
        b"From: " + b"(" * 20_000,
        nested(200) + b"\n" * 2_000_000,
        b"Subject: " + b"=?a?q?" * 400_000,
        b"Content-Type: text/html\n\n" + b"<style " * 100_000,
        b"Content-Type: text/html\n\n" + b"<br " * 200_000,
        b"Content-Type: text/html\n\n" + b"<div>" * 150_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 150_000,
    ],
    ids=["parts", "mails", "remarks", "lines", "words", "styles", "breaks", "divisions", "comments"],
)
def test_a_mail_made_to_stop_the_reading_of_mail_is_read_soon(made: bytes) -> None:
    began = time.process_time()
    parsed = parse_mail(b"Message-ID: <a@example.org>\n" + made + b"\n\nDzie\xc5\x84 dobry")
    assert parsed.message_id == "<a@example.org>"
    assert time.process_time() - began < 8


@pytest.mark.req("CORE-32")
@given(st.binary(max_size=500))
def test_any_bytes_are_a_mail(source: bytes) -> None:
    parsed = parse_mail(source)
    assert "\x00" not in parsed.text + parsed.subject + parsed.sender
    parsed.fingerprint.encode("ascii")
    parsed.text.encode("utf-8")


@given(
    st.lists(
        st.sampled_from([
            b"From: ", b"Subject: =?utf-8?b?xx?=", b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"\n", b"\n\n",
            b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status", b"Action: failed", b"=?x?q?=FF?=",
            b"Content-Transfer-Encoding: base64", b"Content-Type: text/html; charset=\xff", b"\xff\xfe", b"a@example.org",
            b"Content-Disposition: attachment; filename*=x''%ff", b"Date: x", b"Message-ID: <a@b>",
        ]),
        max_size=25,
    )
)  # fmt: skip
def test_broken_mails_are_read_as_far_as_they_go(pieces: list[bytes]) -> None:
    parsed = parse_mail(b"\n".join(pieces))
    recognise(parsed, own_address="a@b", own_mark="b")
    list(numbers_in(parsed.subject))
    parsed.text.encode("utf-8")
    parsed.subject.encode("utf-8")
