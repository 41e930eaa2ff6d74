"""What can be taken away from the page: a scenario file, a command, Python code."""

import hashlib
import shlex
from dataclasses import dataclass

import solara

from ..scenario import ScenarioError
from . import save
from .desk import DESK
from .edits import Edits
from .session import Session
from .widgets import Copy


@solara.component
def Keep(session: Session, edits: Edits, histories: int, seed: int) -> None:
    """Save, and copy."""
    name = solara.use_reactive("")
    question = solara.use_reactive("")
    rewrite = solara.use_reactive("")
    asking, ask = solara.use_state(False)
    said, say = solara.use_state(("", ""))

    def write() -> None:
        ask(False)
        try:
            path = save.write(
                session, edits, name.value, DESK.folder, histories=histories, seed=seed,
                question=question.value, rewrite=rewrite.value,
            )  # fmt: skip
        except (save.SaveError, ScenarioError) as error:
            say(("", str(error)))
        else:
            say((str(path.resolve()), ""))

    def pressed() -> None:
        say(("", ""))
        (write if asking or rewrite.value.strip() else lambda: ask(True))()

    unanswered = asking and not rewrite.value.strip()
    path, wrong = said
    with solara.Card("Save as a scenario file", margin=0), solara.Column(gap="8px"):
        solara.InputText("Name", value=name)
        solara.InputText("What you ask (optional)", value=question)
        if asking or rewrite.value:
            solara.Text("What had to be true for these changes? Who would have had to do what?")
            solara.InputText("It had to be true that", value=rewrite)
        if unanswered:
            solara.Text("Without an answer cohesion run takes the file, counterfactual does not.")
        solara.Button(
            "Save without an answer" if unanswered else "Save",
            on_click=pressed, color="primary", disabled=not edits, classes=["ac-save"],
        )  # fmt: skip
        if wrong:
            solara.Error(f"Not saved: {wrong}")
        if path:
            solara.Success(f"Saved: {path}")
            for command in ("run", "counterfactual") if rewrite.value.strip() else ("run",):
                solara.Preformatted(f"cohesion {command} {shlex.quote(path)}")
    with solara.Details("Copy", expand=False):
        texts = copied(session, edits, histories, seed)
        Copy(label="Copy as a command", text=texts.command)
        Copy(label="Copy as Python", text=texts.python)


@dataclass(frozen=True)
class Copied:
    """Two texts that give the numbers of the page."""

    command: str
    """For a shell such as bash."""
    python: str


def copied(session: Session, edits: Edits, histories: int, seed: int) -> Copied:
    """What the page shows as a command and as Python.

    Changes go into a scenario file, named after what they are.
    """
    base = save.base_of(session.picked.scenario, DESK.folder)
    if not edits:
        return Copied(
            f"cohesion run {shlex.quote(base)} --histories {histories} --seed {seed}\n",
            f"import alliance_cohesion as ac\n\nsim = ac.load({base!r})\n"
            f"print(sim.run(histories={histories}, seed={seed}).summary())\n",
        )
    content = save.content(session, edits, "changed", DESK.folder, histories=histories, seed=seed)
    file = f"changed-{hashlib.sha256(content.encode()).hexdigest()[:8]}.toml"
    quoted = f"r'''{content}'''" if "'''" not in content else repr(content)
    return Copied(
        f"cat > {file} <<'END OF SCENARIO'\n{content}END OF SCENARIO\ncohesion run {file}\n",
        "from pathlib import Path\n\nimport alliance_cohesion as ac\n\n"
        f'Path({file!r}).write_text({quoted}, encoding="utf-8")\n'
        f"print(ac.load({file!r}).run().summary())\n",
    )
