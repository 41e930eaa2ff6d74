"""Serve the page from this machine: no network is used, nobody is told."""

import csv
import errno
import os
import re
import secrets
import socket
import sys
import threading
import warnings
import webbrowser
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from ipaddress import ip_address
from pathlib import Path

from .desk import DESK
from .session import USUAL

EXTRA = "dashboard"
_GRACE = 1  # seconds that open tabs get when the server stops
_FORGOTTEN = "3m"  # after which the session of a tab whose connection dropped is freed


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
        found = distribution("solara-assets")
        distribution("altair")  # Mesa's page needs it
    except PackageNotFoundError as error:
        raise NotInstalledError(
            f"the page needs {error.name}, which is not installed: {install}"
        ) from None
    # `found.files` leaves out files that are not there, from Python 3.12 on.
    rows = csv.reader((found.read_text("RECORD") or "").splitlines())
    served = [row[0] for row in rows if row and "/share/solara/cdn/" in f"/{row[0]}"]
    missing = [name for name in served if not os.path.isfile(str(found.locate_file(name)))]
    if missing or not served:
        raise NotInstalledError(
            f"{len(missing) or 'all'} of the page's scripts are missing; put them back with: "
            f"{sys.executable} -m pip install --force-reinstall --no-deps "
            f"solara-assets=={found.version}"
        )
    place = re.match(r".*share/solara/cdn", served[0])
    assert place is not None
    return Path(str(found.locate_file(place[0]))).resolve()


def settle(folder: Path) -> None:
    """Keep Solara to itself: scripts from the disk, no statistics, no check for news.

    Must come before anything of Solara's server is imported.
    """
    from .access import ASSETS

    installed = folder.parents[2]
    os.environ.setdefault("SOLARA_KERNEL_CULL_TIMEOUT", _FORGOTTEN)
    os.environ.update(
        JUPYTER_PATH=str(installed / "share" / "jupyter"),  # Solara's widgets, wherever they are
        JUPYTER_CONFIG_PATH=str(installed / "etc" / "jupyter"),
        SOLARA_ASSETS_PROXY="False",  # Solara's own removes folders and fetches what is missing
        SOLARA_ASSETS_CDN=ASSETS,
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


@dataclass(frozen=True)
class Address:
    """Where a browser finds the page."""

    host: str
    """As the user gave it."""
    shown: str
    """A name or address that a browser can open."""
    port: int
    token: str
    open_to_others: bool
    """Whether other machines can reach it."""

    @property
    def url(self) -> str:
        """The address to open, token included."""
        shown = f"[{self.shown}]" if ":" in self.shown else self.shown
        return f"http://{shown}:{self.port}/?token={self.token}"

    @property
    def names(self) -> set[str]:
        """Names that a browser may know this machine by."""
        names = {"localhost", self.host, self.shown}
        return names | {socket.gethostname(), socket.getfqdn()} if self.open_to_others else names


def address(host: str, made: socket.socket) -> Address:
    """Where a socket that listens is found, with a fresh token."""
    bound = ip_address(str(made.getsockname()[0]).partition("%")[0])
    shown = _own_address(made.family) if bound.is_unspecified else host
    port, token = int(made.getsockname()[1]), secrets.token_urlsafe(24)
    return Address(host, shown, port, token, open_to_others=not bound.is_loopback)


def _own_address(family: int) -> str:
    """This machine's address towards others; nothing is sent to find it."""
    beyond = "100::1" if family == socket.AF_INET6 else "192.0.2.1"  # where nobody is
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((beyond, 9))
            return str(asked.getsockname()[0])
        except OSError:  # no network
            return socket.gethostname()


def run(made: socket.socket, where: Address, first: str, folder: Path, *, browse: bool) -> None:
    """Serve until interrupted.

    Args:
        made: See `listen`.
        where: See `address`; opened in the browser, if `browse`.
        first: The scenario that the page opens with.
        folder: Where saved scenarios go.
        browse: Whether to open a browser.
    """
    files = assets()
    settle(files)
    DESK.first, DESK.folder = first, folder
    import uvicorn
    from solara.server.starlette import app

    from .access import OwnPageOnly

    if browse:  # the socket listens already: the browser waits for the first answer
        threading.Thread(target=webbrowser.open, args=(where.url,), daemon=True).start()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # plain http is meant
    guarded = OwnPageOnly(app, where.token, where.names, where.port, files)
    config = uvicorn.Config(
        guarded, log_level="error", access_log=False, timeout_graceful_shutdown=_GRACE
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

    DESK.first = reference
    session = DESK.session(reference)
    shown = view(session, Edits(), USUAL, session.picked.scenario.seed)
    state = shown.answer.states[0]
    told(session, Edits(), state, moments(session, Edits(), state)[-1])
