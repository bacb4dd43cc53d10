from okienko.features.visits.models.booking import Booking
from okienko.features.visits.models.limits import NetworkHolds
from okienko.features.visits.models.mass import MassChange, MassStep
from okienko.features.visits.models.offering import Category, ExtraField, Handling, HoursTemplate, Service
from okienko.features.visits.models.waiting import Waiting

__all__ = [
    "Booking",
    "Category",
    "ExtraField",
    "Handling",
    "HoursTemplate",
    "MassChange",
    "MassStep",
    "NetworkHolds",
    "Service",
    "Waiting",
]
