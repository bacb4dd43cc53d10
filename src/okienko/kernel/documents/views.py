from __future__ import annotations

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest

from okienko.base.decisions import Missing
from okienko.kernel.documents import queries, rules


def download(request: HttpRequest, document_id: int) -> FileResponse:
    document = queries.visible(document_id, request.user)
    shown = document.media_type in rules.SHOWN_IN_BROWSER and "zapisz" not in request.GET
    response = FileResponse(default_storage.open(document.stored_as), content_type=document.media_type)
    disposition = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(document.name)}"
    return _fenced(response)


def thumbnail(request: HttpRequest, document_id: int) -> FileResponse:
    document = queries.visible(document_id, request.user)
    if not document.thumbnail_as:
        raise Missing
    return _fenced(FileResponse(default_storage.open(document.thumbnail_as), content_type="image/jpeg"))


def _fenced(response: FileResponse) -> FileResponse:
    """Whatever is in the file, the browser gives it no rights here."""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
