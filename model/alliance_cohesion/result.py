"""What a run gives: one dataset and tables by name.

Everything is counted while the histories are simulated. Text, pages and pictures are made from the
dataset and the tables, and compute nothing themselves.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from . import __version__
from .core.inputs import Codes, Floats, Inputs, Ints, Status, times
from .core.simulate import Ensemble
from .inference import record
from .inference.draws import Draws
from .inference.episodes import episodes
from .inference.free_run import matching
from .inference.priors import NAMES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from .simulation import Simulation

STATUSES = ("member", "frozen", "out")
"""Labels of the codes 0, 1 and 2."""
UNKNOWN = -1
"""Code of a documented status after the record ends."""
NEAR = 2.0
"""Years within which a simulated change counts as the documented one."""
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
IN_SAMPLE, HELD_OUT, NOT_CALIBRATED = "in sample", "held out", "not calibrated"
BEYOND = "beyond the record"
_MEMBER = int(Status.MEMBER)


class Counts(NamedTuple):
    """Histories in which something happens in the simulated time.

    E documented changes, T time steps, N states, Y calendar years.
    """

    near: Ints
    """[E] the state makes the documented change within `NEAR` years of it."""
    first_exit: Ints
    """[T, N] the state first goes from member to frozen or out in this step."""
    returns: Ints
    """[N] it becomes a member again at least once."""
    member: Ints
    """[Y, N] it is a member when the year begins."""
    leaves: Ints
    """[Y, N] it is, and goes frozen or out in that year."""
    comes_back: Ints
    """[Y, N] it is frozen or out when the year begins, and becomes a member in that year."""

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        """Counts over two disjoint sets of histories."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def count(inputs: Inputs, path: Codes, since: int) -> Counts:
    """Count what happens in histories.

    Args:
        inputs: The compiled scenario.
        path: [history, T, N] statuses at the end of each step.
        since: First simulated step; before it, histories follow the record.
    """
    start = np.broadcast_to(inputs.initial, (len(path), 1, len(inputs.states)))
    before = np.concatenate([start, path[:, :-1]], axis=1)
    steps = np.arange(path.shape[1])
    free = (steps[:, np.newaxis] + inputs.drivers.first > inputs.drivers.entry) & (
        steps[:, np.newaxis] >= since
    )
    member, stays = before == _MEMBER, path == _MEMBER
    exits, returns = member & ~stays & free, ~member & stays & free
    first = np.where(exits.any(axis=1), exits.argmax(axis=1), -1)
    near = [
        matching(path, inputs.initial, change)[
            :, np.abs(steps - change.step) * inputs.drivers.dt <= NEAR
        ].any(axis=1).sum()
        for change in simulated_changes(inputs, since)
    ]  # fmt: skip
    begins = year_starts(inputs)
    at_start = member[:, begins]

    def in_year(moves: Any, who: Any) -> Ints:
        return np.asarray((np.logical_or.reduceat(moves, begins, axis=1) & who).sum(axis=0))

    return Counts(
        np.array(near, dtype=np.int64),
        np.asarray((first[:, np.newaxis] == steps[:, np.newaxis]).sum(axis=0)),
        returns.any(axis=1).sum(axis=0),
        at_start.sum(axis=0),
        in_year(exits, at_start),
        in_year(returns, ~at_start),
    )


def simulated_changes(inputs: Inputs, since: int) -> list[record.Change]:
    """Documented changes in the time that is simulated."""
    return [change for change in record.changes(inputs) if change.step >= since]


def year_starts(inputs: Inputs) -> list[int]:
    """Time steps in which the calendar years begin; the first step begins the first."""
    years = inputs.decided.astype("datetime64[Y]").astype(int)
    return [0, *(int(t) for t in np.flatnonzero(np.diff(years)) + 1)]


@dataclass(frozen=True)
class Result:
    """Simulated histories of a scenario, summed up.

    `dataset` holds the numbers over time, `episodes` and `states` the tables, `summary()` the text
    that `cohesion run` prints, `plot()` the picture, `save()` writes a results folder.
    """

    simulation: "Simulation"
    ensemble: Ensemble
    counts: Counts
    draws: Draws
    seed: int
    engine: str = "ensemble"

    @property
    def histories(self) -> int:
        """How many histories were simulated."""
        return self.ensemble.histories

    @property
    def sample(self) -> str:
        """`in sample`: fitted to this record; `held out`: to others only; `beyond the record`;
        or `not calibrated`: drawn from the prior.
        """
        if self.draws.origin == "prior":
            return NOT_CALIBRATED
        if (self.simulation.record == UNKNOWN).any():
            return BEYOND
        return IN_SAMPLE if self.draws.seen else HELD_OUT

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """One row for each documented change of status in the simulated time.

        Columns: state, name, event (left, froze, returned), date (as exact as the record has it,
        to the month), within_two_years (share of histories in which the state makes that change
        within two years of it); and held out, missing where the calibration has nothing: rank
        just before it, of (how many states are ranked), risk and base_rate in that year.
        """
        sim = self.simulation
        as_fitted = sim.since == 0 and not sim.scenario.parameters.fixed
        predicted = episodes(sim.inputs, self.draws) if as_fitted else None
        columns = [
            "state", "name", "event", "date", "within_two_years", "rank", "of", "risk", "base_rate",
        ]  # fmt: skip
        rows = []
        for k, change in enumerate(simulated_changes(sim.inputs, sim.since)):
            documented = next(c for c in sim.changes[change.state] if c.step == change.step)
            seen = self.counts.near[k] / self.histories
            row = [change.state, documented.verb, documented.date, seen]
            row[:1] = [sim.inputs.states[change.state], sim.names[change.state]]
            if predicted:
                one = predicted[k]
                row += [one.rank, one.of, one.risk, one.base_rate]
            rows.append(dict(zip(columns, row, strict=False)))
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def states(self) -> pd.DataFrame:
        """One row for each state.

        Columns: state, name, record (its changes in words), known (last documented status);
        member, frozen, out (share of histories at the end of the clock); leaves and returns (share
        in which it goes frozen or out, or becomes a member again, at least once in the simulated
        time); q05 to q95 (month by which 5 to 95 % of all histories had first left; missing if
        they had not by the end).
        """
        sim, histories = self.simulation, self.histories
        left_by = self.left_by
        months = sim.inputs.decided.astype("datetime64[M]").astype(str)
        ends = self.ensemble.status[-1] / histories
        rows = []
        for i, state in enumerate(sim.inputs.states):
            changes = sim.changes[i]
            first_left = {
                name: months[np.argmax(left_by[:, i] >= share)] if left_by[-1, i] >= share else None
                for name, share in QUANTILES.items()
            }
            rows.append(
                {
                    "state": state,
                    "name": sim.names[i],
                    "record": "; ".join(map(str, changes))
                    or f"{STATUSES[sim.inputs.initial[i]]} throughout",
                    "known": STATUSES[changes[-1].after if changes else sim.inputs.initial[i]],
                    **dict(zip(STATUSES, map(float, ends[i]), strict=True)),
                    "leaves": float(left_by[-1, i]),
                    "returns": float(self.counts.returns[i] / histories),
                    **first_left,
                }
            )
        return pd.DataFrame(rows)

    @property
    def stayers(self) -> pd.DataFrame:
        """The states that the record has as members throughout: state, name, stays (share)."""
        sim = self.simulation
        inside = (sim.inputs.initial == _MEMBER) & ~(sim.record > _MEMBER).any(axis=0)
        result = self.states.loc[inside, ["state", "name"]].reset_index(drop=True)
        return result.assign(stays=1.0 - self.states.loc[inside, "leaves"].to_numpy())

    @cached_property
    def left_by(self) -> Floats:
        """[T, N] share that has gone frozen or out at least once in the simulated time by then."""
        return np.asarray(np.cumsum(self.counts.first_exit, axis=0) / self.histories)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name; `save` writes each as a CSV file."""
        values = pd.DataFrame(self.draws.values, columns=list(NAMES)).rename_axis("draw")
        return {
            "episodes": self.episodes,
            "states": self.states,
            "status": self._status(),
            "parameters": values.reset_index(),
        }

    def _status(self) -> pd.DataFrame:
        """One row for each time step, state and status: share of histories, and the record."""
        data, inputs = self.dataset, self.simulation.inputs
        labels = np.array([*STATUSES, "unknown"])  # the code of unknown is the last place
        T, N, S = data["share"].shape
        return pd.DataFrame(
            {
                "time": np.repeat(inputs.decided, N * S),
                "state": np.tile(np.repeat(inputs.states, S), T),
                "name": np.tile(np.repeat(self.simulation.names, S), T),
                "status": np.tile(STATUSES, T * N),
                "share": data["share"].to_numpy().ravel(),
                "record": np.repeat(labels[data["record"].to_numpy().ravel()], S),
            }
        )

    @cached_property
    def dataset(self) -> "xr.Dataset":
        """The numbers over time, named and with units, in the style of the CF conventions.

        Dimensions: `time` (first day of a time step), `state`, `status`, `history` (those kept one
        by one), `draw`, `parameter`, `year`, `absent` (number of states).
        """
        import xarray as xr  # takes its time, and the table does not need it

        sim, H, total, counts = self.simulation, self.histories, self.ensemble, self.counts
        inputs, share = sim.inputs, "share of histories "
        with np.errstate(invalid="ignore"):  # nobody is a member: no risk of leaving
            leaving = counts.leaves / counts.member
            returning = counts.comes_back / (H - counts.member)
        flags = {"flag_values": np.array([0, 1, 2], np.int8), "flag_meanings": " ".join(STATUSES)}
        documented = {
            "flag_values": np.array([UNKNOWN, 0, 1, 2], np.int8),
            "flag_meanings": f"unknown {' '.join(STATUSES)}",
        }
        history = ("history", "time", "state")
        kept = len(total.path)
        variables: dict[str, tuple[Any, ...]] = {
            "share": (("time", "state", "status"), total.status / H,
                share + "in a status at the end of the time step", "1"),
            "left_by": (("time", "state"), self.left_by,
                share + "in which the state has gone frozen or out at least once", "1"),
            "risk_of_leaving": (("year", "state"), leaving, "share of histories with the state a "
                "member at the start of the year in which it goes frozen or out in that year", "1"),
            "risk_of_returning": (("year", "state"), returning, "share of histories with the state "
                "frozen or out at the start of the year in which it returns in that year", "1"),
            "member_at_new_year": (("year", "state"), counts.member / H,
                share + "in which the state is a member at the start of the year", "1"),
            "absent_at_end": (("absent",), total.away_at_end / H,
                share + "that end with so many states frozen or out", "1"),
            "path": (history, total.path, "status at the end of the time step", None, flags),
            "alignment": (history, total.alignment,
                "alignment with the alliance at the end of the time step", "log-odds"),
            "draw_of_history": (("history",), np.arange(kept) % len(self.draws.values),
                "parameter draw that the history used", None),
            "record": (("time", "state"), sim.record,
                "documented status at the end of the time step", None, documented),
            "renewal": (("time",), inputs.drivers.renewal[inputs.drivers.first :],
                "the term ends in this time step and staying takes a signature", None,
                {"flag_values": np.array([0, 1], np.int8), "flag_meanings": "no yes"}),
            "parameters": (("draw", "parameter"), self.draws.values, "parameter draws", None),
        }  # fmt: skip
        years = inputs.decided[year_starts(inputs)].astype("datetime64[Y]").astype(int) + 1970
        coordinates: dict[str, tuple[Any, ...]] = {
            "time": (("time",), times(inputs.decided), "first day of the time step", None),
            "state": (("state",), inputs.states, "code of the state", None),
            "name": (("state",), sim.names, "name of the state", None),
            "status": (("status",), STATUSES, "membership status", None),
            "year": (("year",), years, "calendar year", None),
            "parameter": (("parameter",), NAMES, "name of the parameter", None),
            "history": (("history",), np.arange(kept), "number of the history", None),
            "draw": (("draw",), np.arange(len(self.draws.values)), "number of the draw", None),
            "absent": (("absent",), np.arange(len(inputs.states) + 1), "number of states", None),
        }
        return xr.Dataset(
            {name: _variable(*given) for name, given in variables.items()},
            coords={name: _variable(*given) for name, given in coordinates.items()},
            attrs={
                "scenario": sim.scenario.name,
                "question": sim.scenario.question,
                "histories": H,
                "seed": self.seed,
                "parameters_from": self.draws.origin,
                "parameters_sha256": self.draws.digest,
                "sample": self.sample,
                "version": __version__,
            },
        )

    def summary(self) -> str:
        """The table of the run as text, as `cohesion run` prints it."""
        from .report import run

        return run.text(self)

    def plot(self, state: str | None = None) -> "Figure":
        """Draw the histories against the record: all states, or one with its risk and alignment.

        Args:
            state: A state's name or code.

        Raises:
            ValueError: the scenario has no such state.
        """
        from .report import figures_run, style

        with style.own():
            if state is None:
                return figures_run.free_run(self).figure
            return figures_run.one_state(self, self.simulation.index(state)).figure

    def save(self, folder: Path | str, *, pictures: bool = True, overwrite: bool = False) -> Path:
        """Write a results folder; returns it.

        Args:
            folder: Where to; its parents are made.
            pictures: Whether to draw.
            overwrite: Whether results that are there already are replaced.

        Raises:
            FolderError: the folder holds results already, or something else, or cannot be written.
        """
        from .report import run

        return run.write(self, folder, pictures=pictures, overwrite=overwrite)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from .report import run

        return run.notebook(self)


def _variable(
    dims: tuple[str, ...], values: Any, long_name: str, units: str | None, more: Any = None
) -> "xr.Variable":
    import xarray as xr

    attributes = {"long_name": long_name, **({"units": units} if units else {}), **(more or {})}
    return xr.Variable(dims, np.asarray(values), attributes)
