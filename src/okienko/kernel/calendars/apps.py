from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "okienko.kernel.calendars"
    label = "calendars"
