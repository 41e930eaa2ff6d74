"""How the process of one command treats its memory: it is short and keeps what it makes."""

import atexit
import gc

_ALLOCATIONS = 100_000  # between two looks for garbage; Python's own number is below 1,000


def spare_the_collector() -> None:
    """Look for cyclic garbage seldom, and not at all on the way out.

    A command makes hundreds of thousands of objects while libraries load and keeps nearly all
    of them: looking through them again and again takes half a second, freeing them one by one
    at the end most of another. What the command writes is closed by then.
    """
    gc.set_threshold(_ALLOCATIONS, 50, 100)
    atexit.register(gc.freeze)
