from okienko.features.faults.models.categories import Category, Question
from okienko.features.faults.models.intake import Draft, Enquiry, Joined, MapCell
from okienko.features.faults.models.orders import Firm, Order, OrderNote
from okienko.features.faults.models.places import Area, RegisterAnswer, Street
from okienko.features.faults.models.reports import Answer, Report, Source, coarse
from okienko.features.faults.models.routing import RoutingRule

__all__ = [
    "Answer",
    "Area",
    "Category",
    "Draft",
    "Enquiry",
    "Firm",
    "Joined",
    "MapCell",
    "Order",
    "OrderNote",
    "Question",
    "RegisterAnswer",
    "Report",
    "RoutingRule",
    "Source",
    "Street",
    "coarse",
]
