"""Forms, their fields and the widgets that are enhanced where scripts run."""

from okienko.ui.forms.base import Form
from okienko.ui.forms.dates import DateField, DateTimeField, TimeField
from okienko.ui.forms.files import FilesField, PhotosField
from okienko.ui.forms.numbers import DecimalField, MoneyField, PhoneField, WholeNumberField
from okienko.ui.forms.spans import SpanForm

__all__ = [
    "DateField",
    "DateTimeField",
    "DecimalField",
    "FilesField",
    "Form",
    "MoneyField",
    "PhoneField",
    "PhotosField",
    "SpanForm",
    "TimeField",
    "WholeNumberField",
]
