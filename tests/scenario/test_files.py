"""Files of any kind in the place of a scenario's own."""

import os
import threading

import pytest

from alliance_cohesion.scenario import load
from alliance_cohesion.scenario.files import UnreadableError, read_bytes, text_of
from alliance_cohesion.scenario.problems import has_control_character

from .builders import write


def test_letters_that_look_alike_are_alike(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("Cafe\u0301".encode())  # an e and an accent of its own
    assert text_of(path, 100) == "Caf\u00e9"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []

    def read():
        with pytest.raises(UnreadableError, match="no such file"):
            read_bytes(tmp_path / "pipe", 100)
        found.append("refused")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(timeout=10)
    assert found == ["refused"]


def test_a_whole_number_of_eighteen_digits_is_read_as_it_stands(tmp_path):
    path = write(tmp_path, toml=f"[run]\nseed = {10**18 - 1}\n")
    assert load(path).seed == 10**18 - 1


def test_half_of_a_letter_is_no_text_and_a_private_letter_is():
    assert has_control_character("\udfff")
    assert not has_control_character("\ue000")
