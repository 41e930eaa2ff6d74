"""What a user sees when the system refuses something."""

import pytest
import typer

from alliance_cohesion.cli.guard import guarded


def test_a_file_that_the_system_refuses_is_named(capsys):
    with pytest.raises(typer.Exit) as stopped, guarded():
        raise PermissionError(13, "Permission denied", "tables/events.csv")
    assert stopped.value.exit_code == 2
    assert capsys.readouterr().err == "Error: tables/events.csv: Permission denied\n"
