"""A process that runs cases: their numbers come in, their outcomes go out, a line each."""

import json
import sys
from pathlib import Path

from .runner import as_json, run


def main() -> None:
    """Seed, sound files and a folder to work in are the arguments."""
    seed, sound, place = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    out = sys.stdout
    for line in sys.stdin:
        outcome = run(seed, int(line), sound, place / line.strip())
        out.write(json.dumps(as_json(outcome)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
