"""Settings that hold for every test."""

from hypothesis import settings

# Compiled code is slow on its first call, so no example has a deadline.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
