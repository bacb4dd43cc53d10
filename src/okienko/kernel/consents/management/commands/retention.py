"""`okienko manage retention`: what would go; with --remove it goes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from okienko.base.time import now
from okienko.kernel.consents import retention
from okienko.kernel.history.actors import Actor


class Command(BaseCommand):
    help = "Lists the personal data whose time is up, rule by rule; with --remove removes them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove what is listed otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        at, by = now(), Actor(None, "retention", "command")
        for rule in retention.all_rules():
            if options["remove"]:
                done = retention.run(rule, by=by, at=at, clock=now)
                self.stdout.write(f"{rule.code}: {done.removed}")
                continue
            for key, name in retention.would_go(rule, at):
                self.stdout.write(f"{rule.code}: {key} {name}")
