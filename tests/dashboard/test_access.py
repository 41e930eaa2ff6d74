"""Who may use the page: one request at a time, without a browser."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

pytest.importorskip("starlette")

from alliance_cohesion.dashboard.access import OwnPageOnly

TOKEN = "s3cret"
OWN = {"host": "127.0.0.1:8765", "cookie": f"cohesion-explore-8765={TOKEN}"}


@dataclass
class Answer:
    """What came back; `inside` if the guarded application was reached."""

    status: int
    headers: dict[str, str]
    inside: bool


@pytest.fixture
def assets(tmp_path):
    (tmp_path / "cdn" / "pkg@1.0.0").mkdir(parents=True)
    (tmp_path / "cdn" / "pkg@1.0.0" / "a.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "cdn"


@pytest.fixture
def ask(assets):
    """Ask for a path with headers; `kind` is http or websocket."""

    def asking(path="/?work=1", kind="http", method="GET", **headers) -> Answer:
        reached, sent = [], []

        async def app(scope, receive, send):
            reached.append(scope["path"])
            if kind == "http":
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"page"})
            else:
                await send({"type": "websocket.accept"})

        async def receive():
            await asyncio.Event().wait()  # the client asks nothing more

        async def send(message):
            sent.append(message)

        path, _, query = path.partition("?")
        named = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()]
        scope = {
            "type": kind, "path": path, "query_string": query.encode("latin-1"), "method": method,
            "headers": named, "root_path": "", "scheme": "http", "http_version": "1.1",
        }  # fmt: skip
        guard = OwnPageOnly(app, TOKEN, {"localhost", "desk.lan"}, 8765, assets)
        with ThreadPoolExecutor(1) as apart:  # a browser's tests may leave a loop running here
            apart.submit(asyncio.run, guard(scope, receive, send)).result()
        first = sent[0]
        told = {k.decode(): v.decode() for k, v in first.get("headers", [])}
        status = {"websocket.accept": 101, "websocket.close": 403}.get(first["type"])
        return Answer(status or first["status"], told, bool(reached))

    return asking


def test_the_token_opens_the_page_and_leaves_the_address(ask):
    answer = ask(f"/?token={TOKEN}", host="127.0.0.1:8765")
    assert (answer.status, answer.inside) == (303, False)
    assert TOKEN not in answer.headers["location"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"cohesion-explore-8765={TOKEN};")
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert ask(**OWN).inside


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", "/static/a.js", "/resourcez"])
@pytest.mark.parametrize("cookie", ["", "cohesion-explore-8765=wrong", "cohesion-explore-1=s3cret"])
def test_without_the_token_nothing_is_served(ask, path, cookie):
    answer = ask(path, host="127.0.0.1:8765", cookie=cookie)
    assert (answer.status, answer.inside) == (403, False)


def test_without_the_token_no_socket_opens(ask):
    origin = "http://127.0.0.1:8765"
    assert not ask("/k", "websocket", host="127.0.0.1:8765", origin=origin).inside
    assert ask("/k", "websocket", origin=origin, **OWN).inside


@pytest.mark.parametrize("host", ["evil.test:8765", "evil.test", "127.0.0.1.evil.test:8765", ""])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_name_that_leads_here_is_refused(ask, host, kind):
    answer = ask("/", kind, **{**OWN, "host": host, "origin": f"http://{host}"})
    assert (answer.status, answer.inside) == (403, False)


@pytest.mark.parametrize("host", ["localhost:8765", "desk.lan:1", "10.0.0.5:8765", "[::1]:8765"])
def test_this_machine_answers_to_its_names_and_addresses_through_any_forwarded_port(ask, host):
    assert ask(**{**OWN, "host": host}).inside
    assert ask("/k", "websocket", **{**OWN, "host": host, "origin": f"http://{host}"}).inside


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "http://127.0.0.1:9000", "https://127.0.0.1:8765", "null"]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_origin_is_refused_even_with_the_cookie(ask, origin, kind):
    answer = ask("/k", kind, origin=origin, **OWN)
    assert (answer.status, answer.inside) == (403, False)


def test_a_socket_without_an_origin_is_refused(ask):
    assert not ask("/k", "websocket", **OWN).inside


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_may_link_here_but_not_embed_or_fetch(ask, site):
    link = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    frame = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}
    image = {"sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
    assert ask(sec_fetch_site=site, **link, **OWN).inside
    for embedded in (frame, image, {}):
        assert not ask(sec_fetch_site=site, **embedded, **OWN).inside
    assert not ask(sec_fetch_site=site, method="POST", **link, **OWN).inside
    assert not ask("/resourcez", sec_fetch_site=site, **link, **OWN).inside


@pytest.mark.parametrize("path", ["/?work=1", "/_solara/cdn/pkg@1.0.0/a.js"])
def test_no_other_page_can_embed_it_not_even_from_the_browsers_cache(ask, path):
    headers = ask(path, **OWN).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'none'" in policy
    assert not [words for words in policy if "http" in words or "*" in words]  # no other host


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8765@evil.test"}, {"host": "[::1"}, {"host": "127.0.0.1.:8765"},
        {"host": "evil.test#127.0.0.1"}, {"cookie": "\x00=;;cohesion-explore-8765"},
        {"cookie": "cohesion-explore-8765=\xff\xfe"}, {"origin": "http://127.0.0.1:8765, null"},
    ],
)  # fmt: skip
def test_odd_headers_are_refused_and_raise_nothing(ask, headers):
    answer = ask(**{**OWN, **headers})
    assert (answer.status, answer.inside) == (403, False)


def test_odd_tokens_in_the_address_are_refused_and_raise_nothing(ask):
    for query in ("token=%ff%00", "token=\xe9", "token=a&token=s3cret", "&&;=token" * 1000):
        assert ask(f"/?{query}", host="127.0.0.1:8765").status == 403


def test_a_tab_gets_an_address_of_its_own(ask):
    one, two = (ask("/", **OWN).headers["location"] for _ in range(2))
    assert one != two
    assert ask(one, **OWN).inside


@pytest.mark.parametrize("query", ["state=ARM%26x", f"state=ARM%26x&token={TOKEN}"])
def test_a_link_to_a_state_opens_a_new_work_there(ask, query):
    location = ask(f"/?{query}", **OWN).headers["location"]
    assert re.fullmatch(r"/\?work=[0-9a-f]{16}&state=ARM%26x", location)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("pkg@1.0.0/a.js", 200), ("pkg@1.0.0", 404), ("pkg@1.0.0/", 404), ("pkg", 404),
        ("", 404), ("pkg@1.0.0/b.js", 404), ("../secret.txt", 404), ("..%2fsecret.txt", 404),
    ],
)  # fmt: skip
def test_only_scripts_that_exist_are_served_and_none_is_deleted_or_fetched(
    ask, assets, path, status
):
    answer = ask(f"/_solara/cdn/{path}", **OWN)
    assert (answer.status, answer.inside) == (status, False)
    assert [p.name for p in sorted(assets.rglob("*"))] == ["pkg@1.0.0", "a.js"]
