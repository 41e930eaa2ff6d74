"""A comparison as a results folder: scorecard and pictures."""

import json
from pathlib import Path

from .. import __version__
from ..compare import Scorecard
from ..world import World
from . import compare_plot, pictures
from .folder import MANIFEST, PROGRAM, replacing
from .subject import Subject


def write(folder: Path, subject: Subject, world: World, card: Scorecard) -> None:
    """Write `scorecard.json`, the pictures and a manifest with their alt texts.

    Raises:
        FolderError: the folder holds something else, or cannot be written.
    """
    drawn = compare_plot.draw(subject, world, card)
    with replacing(folder) as draft:
        (draft / "scorecard.json").write_text(
            json.dumps(card.as_json(), indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        (draft / "pictures").mkdir()
        pictures.save(drawn, draft / "pictures")
        files = ["scorecard.json", *(f"pictures/{p.name}.png" for p in drawn)]
        manifest = {
            "program": PROGRAM,
            "version": __version__,
            "scenario": card.scenario,
            "kind": "comparison",
            "files": dict.fromkeys(files, ""),
            "alt": {p.name: p.alt for p in drawn},
        }
        (draft / MANIFEST).write_text(
            json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
