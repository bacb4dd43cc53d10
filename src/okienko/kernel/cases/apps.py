from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "okienko.kernel.cases"
    label = "cases"

    def ready(self) -> None:
        from django.template.defaultfilters import filesizeformat

        from okienko.base.events import subscribe
        from okienko.kernel.calendars.events import DeadlinesMoved
        from okienko.kernel.calendars.queries import call_subjects
        from okienko.kernel.cases.clocks import SUBJECT, follow_moved_deadlines
        from okienko.kernel.cases.correspondence import ABOUT
        from okienko.kernel.cases.queries import called, open_work, seen_by
        from okienko.kernel.cases.reactions import hand_over_cases
        from okienko.kernel.cases.sentences import SENTENCES
        from okienko.kernel.documents.queries import seen_through
        from okienko.kernel.history import words
        from okienko.kernel.messages.declaring import about
        from okienko.kernel.people.events import WorkHandedOver
        from okienko.kernel.people.queries import count_open_work

        words.say(SENTENCES)
        words.say_shape("size", filesizeformat)
        about(SUBJECT, ABOUT)
        count_open_work(open_work)
        subscribe(DeadlinesMoved, follow_moved_deadlines)
        subscribe(WorkHandedOver, hand_over_cases)
        seen_through(SUBJECT, seen_by)
        call_subjects(SUBJECT, called)
