from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "okienko.features.faults"
    label = "faults"

    def ready(self) -> None:
        from okienko.base.events import subscribe
        from okienko.features.faults.contractors.reactions import order_from_firm
        from okienko.features.faults.listing import ADDITION, found_by
        from okienko.features.faults.notices import NOTICES
        from okienko.features.faults.queries import category_called
        from okienko.features.faults.reactions import (
            close_merged,
            close_order,
            keep_dates,
            keep_figures,
            keep_rpw,
            place_part,
            refuse_what_cannot_be,
            tell_of_step,
        )
        from okienko.features.faults.retention import RULE
        from okienko.features.faults.rules import PERMISSIONS, PROCEDURE, ROLES
        from okienko.features.faults.sentences import SENTENCES
        from okienko.features.faults.taking_up.mail import take_mail
        from okienko.kernel.cases.declaring import declare
        from okienko.kernel.cases.events import CaseMerged, CaseSplit, StepTaken
        from okienko.kernel.cases.lists import add_to_list
        from okienko.kernel.cases.words import also_found_by
        from okienko.kernel.consents import retention
        from okienko.kernel.history.words import say, say_shape
        from okienko.kernel.messages import declaring
        from okienko.kernel.people.roles import extend, register

        register(PERMISSIONS, ROLES)
        extend("data-protection-officer", {"faults.remove"})
        extend("administrator", {permission.code for permission in PERMISSIONS})
        for notice in NOTICES:
            declaring.register(notice)
        subscribe(StepTaken, refuse_what_cannot_be)
        subscribe(StepTaken, keep_rpw)
        subscribe(StepTaken, tell_of_step)
        subscribe(StepTaken, order_from_firm)
        subscribe(StepTaken, close_order)
        subscribe(StepTaken, keep_dates)
        subscribe(StepTaken, keep_figures)
        subscribe(CaseSplit, place_part)
        subscribe(CaseMerged, close_merged)
        declaring.receive_with(take_mail)
        declare(PROCEDURE)
        retention.register(RULE)
        say(SENTENCES)
        say_shape("kind", category_called, about=PROCEDURE.code)
        add_to_list(PROCEDURE.code, ADDITION)
        also_found_by(PROCEDURE.code, found_by)
