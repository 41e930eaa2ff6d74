"""The interactive page: change a scenario, see what the ensemble answers, keep what was made.

What is changed, asked and kept is plain Python (`edits`, `session`, `save`, `rows`, `words`) and
is tested without a browser; `page` and its neighbours only show it.
"""
