"""A picture read by a process of its own: one that is spoilt can make its decoder fall, and that process with it.

What answers a page or takes in the mail stands.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from okienko.kernel.documents import pictures

SECONDS = 30
MOST_MEMORY = 2 * 1024**3
_LENGTH = 8


def cleaned(content: bytes, media_type: str, *, most_pixels: int) -> pictures.Cleaned:
    """Apart only where the decoder is known to fall: to begin a process takes longer than to read a photo."""
    if media_type != "image/heic":
        return pictures.made_anew(content, pictures.READ_HERE, most_pixels=most_pixels)
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__, str(most_pixels)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise pictures.Unreadable from error
    length = int.from_bytes(done.stdout[:_LENGTH])
    whole, thumbnail = done.stdout[_LENGTH : _LENGTH + length], done.stdout[_LENGTH + length :]
    return pictures.Cleaned(whole, thumbnail, "image/jpeg")


def main() -> None:
    import pi_heif

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    pi_heif.register_heif_opener()
    made = pictures.made_anew(sys.stdin.buffer.read(), ("HEIF",), most_pixels=int(sys.argv[1]))
    sys.stdout.buffer.write(len(made.content).to_bytes(_LENGTH) + made.content + made.thumbnail)


if __name__ == "__main__":
    main()
