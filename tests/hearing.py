"""For commands that a test tells to stop: they hear it, also where the suite itself does not."""

import signal


def hear() -> None:
    """Call in a new process before its command begins (`preexec_fn`).

    What `nohup` or a script's background ignores is ignored by every process begun from there.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
