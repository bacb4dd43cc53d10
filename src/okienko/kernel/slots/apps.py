from django.apps import AppConfig


class SlotsConfig(AppConfig):
    name = "okienko.kernel.slots"
    label = "slots"

    def ready(self) -> None:
        from okienko.base.events import subscribe
        from okienko.kernel.calendars.events import CalendarChanged
        from okienko.kernel.slots.reactions import read_hours_anew

        subscribe(CalendarChanged, read_hours_anew)
