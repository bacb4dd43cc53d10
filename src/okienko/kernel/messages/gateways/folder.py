"""Messages as files: the way out where there is no server, so that all can be tried and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from okienko.kernel.messages.composing import as_mail
from okienko.kernel.messages.gateways.line import AboutTo, Outcome, Phase
from okienko.kernel.messages.models import Channel, Message


class Folder:
    repeats_are_safe: ClassVar[bool] = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome:
        """Under the message's own name: written twice it is still one."""
        if message.channel == Channel.EMAIL:
            name, content = f"{message.key}.eml", as_mail(message).as_bytes()
        else:
            name, content = f"{message.key}.sms.txt", f"{message.address}\n\n{message.text}\n".encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{name}.{os.getpid()}"
            draft.write_bytes(content)
        except OSError as error:
            return Outcome(Phase.POSTPONED, str(error), line_down=True)
        if not about_to():
            draft.unlink()
            return Outcome(Phase.ABANDONED)
        draft.replace(self.folder / name)
        return Outcome(Phase.ACCEPTED)

    def close(self) -> None:
        """There is nothing to close."""
