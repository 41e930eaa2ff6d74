"""Other web sites, open in the same browser as the page, can neither read nor do anything."""

import json
import threading
import time
import urllib.request
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alliance_cohesion.dashboard import serve
from alliance_cohesion.scenario import write_new

from .served import serving

pytestmark = pytest.mark.slow

PATIENCE = 60_000
FOREIGN = """<!doctype html><title>foreign</title><script>
const own = 'http://127.0.0.1:PORT', tried = {};
const image = path => new Promise(done => { const i = new Image();
  i.onload = () => done('read'); i.onerror = () => done('refused'); i.src = own + path });
const script = path => new Promise(done => { const s = document.createElement('script');
  s.onload = () => done('read'); s.onerror = () => done('refused'); s.src = own + path;
  document.head.append(s) });
const socket = () => new Promise(done => {
  const s = new WebSocket('ws://127.0.0.1:PORT/jupyter/api/kernels/1/channels?session_id=2');
  s.onopen = () => done('open'); s.onerror = () => done('refused') });
const fetched = (path, more) => fetch(own + path, {credentials: 'include', ...more})
  .then(answer => answer.text()).then(text => 'read', () => 'refused');
const framed = () => new Promise(done => { const f = document.createElement('iframe');
  f.onload = () => { let inside = 'refused';
    try { if (f.contentWindow.length !== undefined && f.contentDocument) inside = 'read' }
    catch (error) {} done(inside) };
  f.src = own + '/'; document.documentElement.append(f) });
(async () => {
  tried.socket = await socket();
  tried.image = await image('/static/assets/favicon.png');
  tried.folder = await image('/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1');
  tried.package = await image('/_solara/cdn/requirejs@2.3.6');
  tried.script = await script('/_solara/cdn/requirejs@2.3.6/require.js');
  tried.page = await fetched('/');
  tried.resources = await fetched('/resourcez');
  tried.close = await fetched('/_solara/api/close/1?session_id=2', {method: 'POST'});
  tried.frame = await framed();
  document.title = JSON.stringify(tried);
})()
</script>"""


class Site(BaseHTTPRequestHandler):
    """Another web site: one page for every path."""

    def __init__(self, text, *args):
        self.text = text
        super().__init__(*args)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    pytest.importorskip("solara")
    with serving(tmp_path_factory.mktemp("student")) as page:
        yield page


@pytest.fixture
def foreign(served):
    """The port of another web site on this machine."""
    page = partial(Site, FOREIGN.replace("PORT", str(served.port)))
    with ThreadingHTTPServer(("127.0.0.1", 0), page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def student(browser, served):
    """A browser in which the page is open."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector(".ac-state")
    yield page
    context.close()


@pytest.mark.parametrize("name", ["evil.test", "127.0.0.1"])
def test_a_foreign_site_reads_saves_and_deletes_nothing_and_the_page_goes_on(
    student, served, foreign, name
):
    scripts = sorted(serve.assets().rglob("*"))
    other = student.context.new_page()
    other.goto(f"http://{name}:{foreign}/")
    other.wait_for_function("document.title.startsWith('{')")
    tried = json.loads(other.title())
    assert len(tried) == 9
    assert set(tried.values()) == {"refused"}, tried
    assert sorted(serve.assets().rglob("*")) == scripts
    assert list(served.folder.iterdir()) == []
    student.reload()
    student.wait_for_selector(".ac-state")


def test_a_foreign_name_that_leads_to_this_machine_shows_no_page(student, served):
    other = student.context.new_page()
    for path in ("/", f"/?token={served.token}"):
        answer = other.goto(f"http://evil.test:{served.port}{path}")
        assert answer.status == 403
        assert other.locator(".ac-state").count() == 0


def test_without_the_printed_address_the_page_says_where_to_find_it(browser, served):
    with browser.new_context() as stranger:
        page = stranger.new_page()
        assert page.goto(f"http://127.0.0.1:{served.port}/").status == 403
        assert "the address that `cohesion explore` printed" in page.inner_text("body")


def test_edits_survive_a_reload_and_a_new_tab_begins_without_them(student, served):
    student.click('[data-state="ARM"]')
    student.click("text=Change what moved Armenia")
    student.get_by_label("Find events").fill("arm-2023-karabakh-end")
    student.click('[data-event="arm-2023-karabakh-end"] input[type=checkbox]')
    student.wait_for_selector('.ac-headline[data-edits="1"]')
    changed = student.inner_text('[data-state="ARM"]')
    student.reload()
    student.wait_for_selector('.ac-headline[data-edits="1"]')
    assert student.inner_text('[data-state="ARM"]') == changed
    other = student.context.new_page()
    other.goto(f"http://127.0.0.1:{served.port}/")
    other.wait_for_selector('.ac-headline[data-edits="0"]')
    student.click("button:has-text('Undo')")
    student.wait_for_selector('.ac-headline[data-edits="0"]')


def test_the_page_itself_can_ask_no_other_host(student, foreign):
    asked = "url => fetch(url, {mode: 'no-cors'}).then(() => 'sent', () => 'refused')"
    assert student.evaluate(asked, f"http://evil.test:{foreign}/") == "refused"
    assert student.evaluate(asked, "/?work=1") == "sent"


def test_what_a_scenario_says_is_shown_as_text_and_never_run(browser, tmp_path):
    evil = "<img src=x onerror=alert(1)>{{constructor.constructor(`alert(2)`)()}}"
    path = write_new(tmp_path / "own")
    for file, old in (
        ("scenario.toml", "The Lantern Pact"), ("events.csv", "Raids across the hill border"),
        ("events.csv", "Hill Bands"), ("scenario.toml", "Which of three states"),
    ):  # fmt: skip
        text = (path.parent / file).read_text(encoding="utf-8")
        assert old in text
        (path.parent / file).write_text(text.replace(old, f"{old} {evil}"), encoding="utf-8")
    with serving(tmp_path, "own") as served, browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.goto(served.url)
        page.click('[data-state="Ostra"]')
        page.click("text=Change what moved Ostra")
        shown = page.inner_text('[data-event="raids-1998"]')
        assert f"Raids across the hill border {evil}" in shown
        assert f"Hill Bands {evil}" in shown
        assert page.locator("img[src=x]").count() == 0
        assert asked == []


def test_a_strangers_folder_gives_the_page_neither_code_nor_style(browser, tmp_path):
    for name in ("solara", "mesa", "networkx", "altair", "page", "uvicorn", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')\n")
    for folder in ("assets", "public", "states"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "custom.js").write_text("document.title = 'foreign'")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\n")
    (tmp_path / ".env").write_text("SOLARA_THEME_TITLE=foreign\n")
    before = sorted(tmp_path.rglob("*"))
    with serving(tmp_path, PYTHONSAFEPATH="1") as served, browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(served.url)
        page.click("text=One history, step by step")
        page.get_by_role("button", name="Step").click()
        page.wait_for_selector(".ac-played img")
        with page.expect_download() as download:
            page.click("text=Download the picture")
        assert download.value.failure() is None
        assert page.title() == "Alliance cohesion"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_connection_that_drops_frees_its_session(tmp_path):
    client = pytest.importorskip("websockets.sync.client")
    with serving(tmp_path, SOLARA_KERNEL_CULL_TIMEOUT="1s") as page:
        cookie = {"Cookie": f"cohesion-explore-{page.port}={page.token}"}
        where = f"127.0.0.1:{page.port}"

        def sessions() -> int:
            asked = urllib.request.Request(f"http://{where}/resourcez", headers=cookie)
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return json.load(answer)["kernels"]["total"]

        socket = client.connect(
            f"ws://{where}/jupyter/api/kernels/k1/channels?session_id=p1",
            origin=f"http://{where}", additional_headers=cookie,
        )  # fmt: skip
        end = time.monotonic() + 60
        while not sessions():
            assert time.monotonic() < end
            time.sleep(0.1)
        socket.socket.close()  # as a laptop that is closed
        while sessions():
            assert time.monotonic() < end
            time.sleep(0.2)
