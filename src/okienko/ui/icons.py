"""Our own line icons, drawn on a square of 24: path data, so that a page carries only those it shows."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

PATHS: dict[str, str] = {
    "add": "M12 5v14M5 12h14",
    "alert": "M12 3 2.5 20h19zM12 10v4M12 17v.1",
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "attach": "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a1.5 1.5 0 0 1-2-2L15 8",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "book": "M4 5a2 2 0 0 1 2-2h14v15H6a2 2 0 0 0-2 2zM4 20a2 2 0 0 0 2 1h14v-3",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
    "chart": "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
    "check": "m5 12.5 4.5 4.5L19 7",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
    "close": "M6 6l12 12M18 6 6 18",
    "columns": "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "document": "M6 3h8l4 4v14H6zM14 3v5h4M9 12h6M9 16h6",
    "dot": "M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "down": "m6 9 6 6 6-6",
    "download": "M12 4v11M7 11l5 5 5-5M4 20h16",
    "edit": "M4 20h4L19.5 8.5l-4-4L4 16zM13 7l4 4",
    "eye": "M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "filter": "M3 5h18l-7 8.5V20l-4-2v-4.5z",
    "group": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0z"
    "M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5"
    "a6.5 6.5 0 0 1 3.5 5.5",
    "help": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.3 9.5a2.8 2.8 0 1 1 4 2.5c-.8.5-1.3 1-1.3 2M12 17v.1",
    "home": "m3 11.5 9-8 9 8M5.5 9.5V20h13V9.5M10 20v-6h4v6",
    "inbox": "M4 13 6 5h12l2 8v6H4zM4 13h5l1 2.5h4L15 13h5",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5v.1",
    "keyboard": "M2.5 6h19v12h-19zM6.5 10h.1M10 10h.1M14 10h.1M17.5 10h.1M7.5 14h9",
    "language": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18"
    "M12 3c3 3 3.5 6 3.5 9S15 18 12 21c-3-3-3.5-6-3.5-9S9 6 12 3z",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1",
    "lock": "M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3",
    "mail": "M3 5.5h18v13H3zM3 7l9 6.5L21 7",
    "menu": "M4 6h16M4 12h16M4 18h16",
    "merge": "M6 4v4c0 4 6 4 6 8v4M18 4v4c0 4-6 4-6 8",
    "message": "M4 5h16v11H10l-5 4v-4H4z",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
    "next": "m9 6 6 6-6 6",
    "office": "M3 20h18M4.5 9.5 12 4l7.5 5.5zM6.5 10v7M10 10v7M14 10v7M17.5 10v7M4.5 17h15",
    "pause": "M8 5v14M16 5v14",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0z",
    "phone": ""
    "M5 4h4l1.5 5L8 10.5a12 12 0 0 0 5.5 5.5l1.5-2.5 5 1.5v4a1.5 1.5 0 0 1-1.5 1.5A15.5 15.5 0 0 1 3.5 5.5"
    "A1.5 1.5 0 0 1 5 4z",
    "place": "M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21z"
    "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "previous": "m15 6-6 6 6 6",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "question": "M4 5h16v11H10l-5 4v-4H4zM9.8 8.7a2.2 2.2 0 1 1 3.1 2c-.6.4-.9.7-.9 1.4M12 14v.1",
    "refresh": "M20 11a8 8 0 0 0-14.5-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 4l1.5-2M20 20v-5h-5",
    "remove": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6",
    "save": "M4 4h13l3 3v13H4zM8 4v5h7V4M8 20v-6h8v6",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.9-4.9",
    "send": "M3.5 11.5 20.5 4l-6 16.5-3.5-6.5zM11 14l9.5-10",
    "settings": "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z"
    "M9 19.2a2.2 2.2 0 1 0 0-4.4"
    " 2.2 2.2 0 0 0 0 4.4z",
    "share": "M12 15V4M7.5 8 12 3.5 16.5 8M6 12H4v8h16v-8h-2",
    "sign-out": "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
    "sort": "M8 5v14M4.5 15.5 8 19l3.5-3.5M16 19V5M12.5 8.5 16 5l3.5 3.5",
    "split": "M12 4v4c0 4-6 4-6 8v4M12 8c0 4 6 4 6 8v4",
    "star": "m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17l-5.3 3 1.1-6L3.4 9.8l6-.8z",
    "sun": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7"
    "M17.3 17.3 19 19M5"
    " 19l1.7-1.7M17.3 6.7 19 5",
    "tools": ""
    "M14.5 6.5a4 4 0 0 1 5-2.5L17 6.5 17.5 9l2.5-.5a4 4 0 0 1-5.5 3L7 19.5 4.5 17l8-7.5a4 4 0 0 1 2-3z",
    "up": "m6 15 6-6 6 6",
    "upload": "M12 16V5M7 9l5-5 5 5M4 20h16",
}


@cache
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        PATHS[name] if name in PATHS else PATHS["dot"],
    )
