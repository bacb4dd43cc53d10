"""Files: one or several, on a phone straight from the camera."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; its value is a list. `accept` is what the browser offers, the content is judged elsewhere."""

    widget = FilesInput
    default_error_messages = {
        "too_many": ngettext_lazy(
            "At most %(limit)d file can be added.", "At most %(limit)d files can be added.", "limit"
        ),
        "too_large": _("The file %(name)s is too large (%(size)s). At most %(limit)s is possible."),
    }

    def __init__(
        self, *, accept: str = "", limit: int = 10, max_bytes: int = 10 * MEGABYTE, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.limit, self.max_bytes = limit, max_bytes
        if accept:
            self.widget.attrs["accept"] = accept
        if limit > 1:
            self.widget.attrs["multiple"] = True

    def clean(self, data: Any, initial: Any = None) -> Any:
        given: Sequence[UploadedFile[Any]] = (
            data if isinstance(data, list | tuple) else [data] if data else []
        )
        if not given:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if len(given) > self.limit:
            raise ValidationError(
                self.error_messages["too_many"], code="too_many", params={"limit": self.limit}
            )
        return [self._checked(file) for file in given]

    def _checked(self, file: UploadedFile[Any]) -> Any:
        if (file.size or 0) > self.max_bytes:
            shown = {
                "name": file.name,
                "size": filesizeformat(file.size or 0),
                "limit": filesizeformat(self.max_bytes),
            }
            raise ValidationError(self.error_messages["too_large"], code="too_large", params=shown)
        return super().clean(file)


class PhotosField(FilesField):
    """Phones offer the camera and the gallery by themselves when only pictures are asked for."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("accept", "image/*")
        super().__init__(**kwargs)
