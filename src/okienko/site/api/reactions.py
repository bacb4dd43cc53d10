"""What happens to cases and articles, told to other programs: numbers, kinds and times, nothing about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.base.events import subscribe
from okienko.kernel.cases.events import CaseMerged, CaseRegistered, CaseSplit, StepTaken
from okienko.kernel.cases.queries import number_of
from okienko.kernel.webhooks.actions import announce
from okienko.kernel.webhooks.declaring import announced

REGISTERED, STEP, MERGED, SPLIT = "case.registered", "case.step_taken", "case.merged", "case.split"


def join() -> None:
    announced(REGISTERED, _("a case came in"))
    announced(STEP, _("a step was taken"))
    announced(MERGED, _("cases were merged"))
    announced(SPLIT, _("a part was split off"))
    subscribe(CaseRegistered, tell_of_registered)
    subscribe(StepTaken, tell_of_step)
    subscribe(CaseMerged, tell_of_merged)
    subscribe(CaseSplit, tell_of_split)


def tell_of_registered(event: CaseRegistered) -> None:
    announce(REGISTERED, {"number": event.number, "procedure": event.procedure}, at=event.at)


def tell_of_step(event: StepTaken) -> None:
    told = {"number": number_of(event.case_id), "procedure": event.procedure, "step": event.step}
    announce(STEP, told, at=event.at)


def tell_of_merged(event: CaseMerged) -> None:
    announce(MERGED, {"number": number_of(event.case_id), "into": number_of(event.into_id)}, at=event.at)


def tell_of_split(event: CaseSplit) -> None:
    announce(SPLIT, {"number": number_of(event.case_id), "part": number_of(event.part_id)}, at=event.at)
