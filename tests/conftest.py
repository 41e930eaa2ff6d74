"""Settings that hold for every test."""

from hypothesis import settings

from .browser import browser as browser  # a fixture for every test of a page

# Compiled code is slow on its first call, so no example has a deadline.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
