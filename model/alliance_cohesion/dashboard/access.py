"""Who may use the page: whoever has the printed address, and only from the page itself.

Any web site that is open in the same browser can send requests to this machine, and can point a
name of its own at it (DNS rebinding). The browser tells on it in Host, Origin and Sec-Fetch-Site;
and it does not know the token.
"""

import secrets
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = "/_solara/cdn"
WORK, STATE = "work", "state"
"""In the page's address: which work a tab shows, so that a reload finds the edits again; and which
state, for a link to it.
"""
_NO_TOKEN = "Open the page with the address that `cohesion explore` printed, token included.\n"
_FOREIGN = "This page answers only itself.\n"
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; "
    "frame-ancestors 'none'"
)


class OwnPageOnly:
    """An application that answers its own page, opened with its token, and nobody else.

    Args:
        app: What is guarded.
        token: What the printed address holds.
        names: Names of this machine; its addresses in digits are always its own.
        port: Where it listens, to tell its cookie from that of another port.
        assets: Folder of scripts and styles, which are served from here and never written to.
    """

    def __init__(self, app: ASGIApp, token: str, names: set[str], port: int, assets: Path):
        self.app = app
        self.token = token
        self.names = {name.lower() for name in names}
        self.cookie = f"cohesion-explore-{port}"
        self.assets = StaticFiles(directory=assets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)  # start and stop
            return
        headers = Headers(scope=scope)
        web = scope["type"] == "http"
        if not self._from_own_page(scope, headers):
            await (PlainTextResponse(_FOREIGN, 403) if web else _closed)(scope, receive, send)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        opening = web and scope["path"] == "/" and scope["method"] in ("GET", "HEAD")
        begun = _begun(query.get(STATE, [""])[0])
        if opening and self._is_token(query.get("token", [""])[0]):
            await self._welcome(begun)(scope, receive, send)
        elif not self._is_token(self._kept(headers)):
            await (PlainTextResponse(_NO_TOKEN, 403) if web else _closed)(scope, receive, send)
        elif opening and not query.get(WORK):
            await RedirectResponse(begun, 303)(scope, receive, send)
        elif web and scope["path"].startswith(f"{ASSETS}/"):
            inner = {**scope, "path": scope["path"].removeprefix(ASSETS), "root_path": ""}
            await self._asset(inner, receive, _alone(send))
        else:
            await self.app(scope, receive, _alone(send) if web else send)

    def _from_own_page(self, scope: Scope, headers: Headers) -> bool:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or len(origins) > 1 or not self._ours(hosts[0]):
            return False
        if origins and origins[0].lower() != f"http://{hosts[0].lower()}":
            return False
        if scope["type"] == "websocket":
            return bool(origins)
        site = headers.get("sec-fetch-site", "none")
        link_followed = (
            (scope["method"], scope["path"]) == ("GET", "/")
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        return site in ("none", "same-origin") or link_followed

    def _ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        try:
            ip_address(name)
        except ValueError:
            return name.lower() in self.names
        return True

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode())

    def _kept(self, headers: Headers) -> str:
        try:
            result = SimpleCookie("; ".join(headers.getlist("cookie"))).get(self.cookie)
        except CookieError:
            return ""
        return result.value if result else ""

    def _welcome(self, begun: str) -> Response:
        """Keep the token in a cookie, and take it out of the address."""
        answer = RedirectResponse(begun, 303, headers={"Referrer-Policy": "no-referrer"})
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="lax")
        return answer

    async def _asset(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.exceptions import HTTPException

        try:
            await self.assets(scope, receive, send)
        except HTTPException as error:
            await PlainTextResponse("No such file.\n", error.status_code)(scope, receive, send)


def _begun(state: str) -> str:
    """The address of a new work, at a state if one is named."""
    named = {STATE: state} if state else {}
    return f"/?{urlencode({WORK: secrets.token_hex(8)} | named)}"


async def _closed(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})


def _alone(send: Send) -> Send:
    """No other page may embed what is sent or hold on to its window, not even from the browser's
    cache; and what is sent may ask no other host for anything.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Frame-Options"] = "DENY"
            headers["Content-Security-Policy"] = _POLICY
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Referrer-Policy"] = "no-referrer"
        await send(message)

    return sending
