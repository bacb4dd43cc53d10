"""One module measured in this process; what it found is the last line, as JSON."""

from __future__ import annotations

import importlib
import json
import logging
import sys


def main() -> None:
    name, size = sys.argv[1], int(sys.argv[2])
    # Set up as pages are served, with what is done about garbage.
    importlib.import_module("okienko.site.wsgi")
    logging.disable()
    measured = importlib.import_module(f"bench.{name}")
    print(json.dumps(measured.measure(size) if size else measured.measure()))


if __name__ == "__main__":
    main()
