"""The one way in which a question about time is refused."""

from __future__ import annotations


class WrongQuestion(ValueError):
    """What was asked cannot be answered: `code` for programs and translations, `where` names the place."""

    def __init__(self, code: str, text: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {text}" if where else text)
        self.code = code
        self.text = text
        self.where = where
