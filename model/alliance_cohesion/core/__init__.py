"""The model: rules, time step, simulation, agents."""

from ..util.compiled import keep_compiled_code

keep_compiled_code()  # before Numba is imported
