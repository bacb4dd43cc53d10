"""The list of things that every module shows in the same way.

A module declares a `Definition` (columns and filters), reads the address by `ListRequest.from_query`, asks its own
query for the rows after the cursor, and gives a `ListPage` to `ui/lists/list.html` under the name `list`.
"""

from okienko.ui.lists.columns import Column, Dates, Definition, Filter, Sort
from okienko.ui.lists.cursor import Cursor, CursorError
from okienko.ui.lists.page import BulkAction, ListPage, SavedView, Total
from okienko.ui.lists.request import ListRequest

__all__ = [
    "BulkAction",
    "Column",
    "Cursor",
    "CursorError",
    "Dates",
    "Definition",
    "Filter",
    "ListPage",
    "ListRequest",
    "SavedView",
    "Sort",
    "Total",
]
