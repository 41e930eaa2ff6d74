"""Serve the page from this machine alone: no network is used, nobody is told."""

import errno
import os
import re
import socket
import threading
import warnings
import webbrowser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from .desk import DESK
from .session import USUAL

EXTRA = "dashboard"
_GRACE = 1  # seconds that open tabs get when the server stops


class NotInstalledError(RuntimeError):
    """The extra that the page needs is missing, or does not fit together."""


class PortError(OSError):
    """The address cannot be listened on; the message says which and why."""


def assets() -> Path:
    """The folder of scripts and styles that the page loads, as installed.

    Raises:
        NotInstalledError: they, or what serves them, are not installed.
    """
    install = f"pip install 'alliance-cohesion[{EXTRA}]'"
    try:
        distribution("solara")
        files = distribution("solara-assets").files or []
        distribution("altair")  # Mesa's page needs it
    except PackageNotFoundError as error:
        raise NotInstalledError(
            f"the page needs {error.name}, which is not installed: {install}"
        ) from None
    for file in files:
        if found := re.match(r"(.*share/solara/cdn)/", file.as_posix()):
            folder = Path(str(distribution("solara-assets").locate_file(found[1]))).resolve()
            if folder.is_dir():
                return folder
    raise NotInstalledError(f"the page's scripts are missing; install them anew: {install}")


def settle(folder: Path) -> None:
    """Keep Solara to itself: scripts from the disk, no statistics, no check for news.

    Must come before anything of Solara's server is imported.
    """
    installed = folder.parents[2]
    os.environ.update(
        JUPYTER_PATH=str(installed / "share" / "jupyter"),  # Solara's widgets, wherever they are
        JUPYTER_CONFIG_PATH=str(installed / "etc" / "jupyter"),
        SOLARA_ASSETS_PROXY="True",
        SOLARA_ASSETS_PROXY_CACHE_DIR=str(folder),
        SOLARA_ASSETS_CDN="http://127.0.0.1:9/",  # where nobody listens: what is missing stays so
        SOLARA_ASSETS_FONTAWESOME_ENABLED="False",
        SOLARA_TELEMETRY_MIXPANEL_ENABLE="False",
        SOLARA_TELEMETRY_SERVER_USER_ID="none",
        SOLARA_MODE="production",
        SOLARA_CHECK_HOOKS="off",  # a check for developers, which Mesa's page does not pass
        SOLARA_THEME_LOADER="plain",
        SOLARA_THEME_TITLE="Alliance cohesion",
        SOLARA_THEME_SHOW_BANNER="False",
        SOLARA_APP="alliance_cohesion.dashboard.page",
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any that is free.

    Raises:
        PortError: the port is in use, or the host is not one of this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortError(f"{host}: {error.strerror}") from error
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen()
    except OSError as error:
        made.close()
        hint = "choose another with --port" if error.errno == errno.EADDRINUSE else "see --host"
        raise PortError(f"{host}, port {port}: {error.strerror}; {hint}") from error
    return made


def url(host: str, made: socket.socket) -> str:
    """Where a browser finds the page."""
    port = made.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def run(made: socket.socket, address: str, first: str, folder: Path, *, browse: bool) -> None:
    """Serve until interrupted.

    Args:
        made: See `listen`.
        address: See `url`; opened in the browser, if `browse`.
        first: The scenario that the page opens with.
        folder: Where saved scenarios go.
        browse: Whether to open a browser.
    """
    settle(assets())
    DESK.first, DESK.folder = first, folder
    import uvicorn
    from solara.server.starlette import app

    if browse:  # the socket listens already: the browser waits for the first answer
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # plain http is meant
    config = uvicorn.Config(
        app, log_level="error", access_log=False, timeout_graceful_shutdown=_GRACE
    )
    uvicorn.Server(config).run(sockets=[made])


def prepare(reference: str) -> None:
    """Load a scenario and answer once, so that the first tab finds everything compiled.

    Raises:
        ScenarioError: with everything that is wrong in its files.
        ValueError: its posterior cannot be used.
    """
    from .edits import Edits
    from .view import view
    from .why import moments, told

    session = DESK.session(reference)
    shown = view(session, Edits(), USUAL, session.picked.scenario.seed)
    state = shown.answer.states[0]
    told(session, Edits(), state, moments(session, Edits(), state)[-1])
