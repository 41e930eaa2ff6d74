"""Along the record: latent states, transition probabilities and the likelihood, one step ahead.

Statuses are the documented ones up to the step before; what is left open is only what each state
does next. Fits, comparisons and explanations all read from here.
"""

from typing import NamedTuple

import numpy as np

from .inputs import Floats, Inputs, Ints
from .simulate import outputs, walk_all
from .step import LATENT


class Trace(NamedTuple):
    """What the rules say along the record, for every draw; T counts the decided steps."""

    probabilities: Floats
    """[draw, T, N, 3] probabilities to end the step as member, frozen and out."""
    latent: Floats
    """[draw, T, N, 10] latent states at the end of the step before, in the order of `LATENT`."""


def scores(
    inputs: Inputs,
    draws: Floats,
    block: Ints,
    blocks: int | None = None,
    threads: int | None = None,
) -> Floats:
    """Log likelihood of the record, [draw, fold].

    Args:
        inputs: The compiled scenario.
        draws: Parameter draws, [draw, parameter].
        block: [T, N] which fold a decision belongs to; -1 leaves it out.
        blocks: How many folds there are (by default the highest number and one).
        threads: How many (as many as processors by default).
    """
    folds = int(block.max()) + 1 if blocks is None else blocks
    out = outputs(inputs, len(draws), "log_p", folds=folds)
    walk_all(
        inputs, draws, len(draws), lambda: out, known=len(inputs.steps), fold=block, threads=threads
    )
    return out.log_p


def trace(inputs: Inputs, draws: Floats) -> Trace:
    """Probabilities and latent states along the record, for every draw."""
    out = outputs(inputs, len(draws), "probabilities", "latent", rows=LATENT)
    walk_all(inputs, draws, len(draws), lambda: out, known=len(inputs.steps))
    return Trace(out.probabilities, out.latent)


def probabilities(inputs: Inputs, draws: Floats) -> Floats:
    """[draw, T, N, 3] transition probabilities along the record."""
    out = outputs(inputs, len(draws), "probabilities")
    walk_all(inputs, draws, len(draws), lambda: out, known=len(inputs.steps))
    return out.probabilities


def alignment(inputs: Inputs, draws: Floats) -> Floats:
    """[draw, T, N] alignment at the end of each step, along the record."""
    out = outputs(inputs, len(draws), "alignment", keep=len(draws))
    walk_all(inputs, draws, len(draws), lambda: out, known=len(inputs.steps))
    return out.alignment


def latent(inputs: Inputs, draws: Floats, *rows: str) -> Floats:
    """[draw, T, N, row] latent states at the end of the step before, along the record."""
    out = outputs(inputs, len(draws), "latent", rows=rows or LATENT)
    walk_all(inputs, draws, len(draws), lambda: out, known=len(inputs.steps))
    return out.latent


def knowledge(inputs: Inputs, row: Floats) -> Floats:
    """[T, N, 8] what each state knew when it decided, along the record, under one draw.

    E, G, P, A, ln(1 + O), reliability, D, and 1 where it had to sign.
    """
    E, G, P, A, O, alpha, beta = np.moveaxis(  # noqa: E741 - the symbol of the equation
        latent(inputs, row[np.newaxis], "E", "G", "P", "A", "O", "alpha", "beta")[0], -1, 0
    )
    f = inputs.drivers
    signs = np.broadcast_to(f.renewal[f.first :, np.newaxis].astype(float), E.shape)
    known = (E, G, P, A, np.log1p(O), alpha / (alpha + beta), f.dependence[f.first - 1 : -1], signs)
    return np.stack(known, axis=-1)
