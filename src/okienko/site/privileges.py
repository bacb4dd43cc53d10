"""Starting a child as another user, and tying its life to ours.

Run by root, the server drops to another uid. The checkout may lie under a folder closed to others (/root is
0700), whose mode is not ours to change. So one right is kept across the drop: to pass through folders
(CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE in containers which leave root only that). Rights survive setuid
with KEEPCAPS and survive exec of an ordinary program only in the ambient set. A user namespace would do as
well, but containers commonly forbid making one.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(request: signal.Signals) -> None:
    """Ask the kernel to signal this process when the one that started it is gone."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(request), 0, 0, 0)


def _permitted_capabilities() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("CapPrm:"):
                return int(line.split()[1], 16)
    return 0


def becoming(uid: int, *, dying: signal.Signals | None = None) -> Callable[[], None]:
    """What a child does between fork and exec to run as `uid`; all look-ups are done before the fork."""
    parent = os.getpid()
    drop = os.geteuid() == 0
    permitted = _permitted_capabilities() if drop else 0
    passing = next((c for c in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE) if permitted >> c & 1), None)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    mask = 1 << passing if passing is not None else 0
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)

    def become() -> None:
        if drop:
            _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            if passing is not None:
                _libc.capset(header, sets)
                _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, passing, 0, 0)
        if dying is not None:  # after setuid, which clears it
            die_with_parent(dying)
            if os.getppid() != parent:
                os._exit(1)

    return become
