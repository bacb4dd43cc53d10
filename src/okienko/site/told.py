"""What a command says at the terminal: of what can be expected, a sentence and not a traceback."""

from __future__ import annotations

import sys


class TellError(Exception):
    """The message is for the person at the terminal, as it stands."""


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    sys.stderr.write(f"okienko: {text}\n")
    sys.stderr.flush()
