"""Locust's own web UI with our figures in it, in a real browser, while its workers play a small run."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SCENARIO = """
name: tiny
population: {members: 300}
sessions: {per_day: 12}
reactions: {repost: 0.4, like: 0.4, reply: 0.1, follow: 0.5}
load: {members: 80, duration: 10m, warm_up: 1s, time_lapse: 900, history_posts: 30, timeout: 3s}
"""
LIMIT_S = 300
"""A guard against hanging; nothing waits so long, however busy the machine."""


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def await_requests(process: subprocess.Popen, url: str) -> None:
    """Waits until members act: what comes before (workers, accounts, follows) is not what the tabs show."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        assert process.poll() is None, "the run has ended"
        assert time.monotonic() < deadline, "no member acts"
        try:
            with urllib.request.urlopen(f"{url}/stats/requests", timeout=10) as answer:
                if any(row["name"] == "home" for row in json.load(answer)["stats"]):
                    return
        except OSError:
            pass  # it does not listen yet, or is busy
        time.sleep(0.5)


@pytest.fixture(scope="module")
def web_ui(tmp_path_factory):
    """Address of the web UI of a master and two workers, a run under way."""
    folder = tmp_path_factory.mktemp("locust")
    (folder / "tiny.yaml").write_text(SCENARIO)
    port = free_port()
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "loadtests" / "locustfile.py"), "--autostart"]
    workers = str(free_port())
    command += ["--processes", "2", "--master-bind-port", workers, "--master-port", workers]
    command += ["--web-host", "127.0.0.1", "--web-port", str(port), "--scenario", str(folder / "tiny.yaml")]
    environment = {name: value for name, value in os.environ.items() if name != "LOCUST_SKIP_MONKEY_PATCH"}
    process = subprocess.Popen([*command, "--out", str(folder / "run")], env=environment)
    url = f"http://127.0.0.1:{port}"
    await_requests(process, url)
    yield url
    process.terminate()
    process.wait(LIMIT_S)


@pytest.fixture
def opened(browser, web_ui):
    """Opens a tab of the web UI."""

    def open_tab(key: str):
        wait = WebDriverWait(browser, LIMIT_S, ignored_exceptions=(WebDriverException,))
        wait.until(lambda driver: driver.get(f"{web_ui}/?tab={key}") is None)
        return browser

    yield open_tab
    browser.get("about:blank")


def shown(browser, holds):
    """The cells of the table's rows, once they hold something."""

    def rows(driver):
        lines = driver.find_elements(By.CSS_SELECTOR, "tbody tr")
        cells = [[cell.text for cell in line.find_elements(By.CSS_SELECTOR, "td")] for line in lines]
        return cells if holds(cells) else None

    return WebDriverWait(browser, LIMIT_S, ignored_exceptions=(WebDriverException,)).until(rows)


def test_live_crowd_has_a_tab(opened):
    """Members online, actions by kind, response against service time: filled in while the run goes on."""
    browser = opened("crowd")
    rows = shown(browser, lambda cells: any(row[0] == "home" and row[4] for row in cells))
    by_name = {row[0]: row for row in rows}
    assert int(by_name["visits begun"][1]) > 0
    assert float(by_name["home"][4]) >= float(by_name["home"][6])  # response is never below service
    titles = [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, "thead th")]
    assert titles[4:] == [
        "Response 50 % (ms)",
        "Response 95 % (ms)",
        "Service 50 % (ms)",
        "Service 95 % (ms)",
    ]


def test_cascades_have_a_tab(opened):
    """What spreads now, the fastest first."""
    rows = shown(opened("cascades"), lambda cells: len(cells) > 1 and all(len(row) == 4 for row in cells))
    recent = [int(row[2]) for row in rows]
    assert recent == sorted(recent, reverse=True)


def test_charts_of_locust_show_our_requests(opened):
    """Locust's own page shows the rate and the response times of the members' requests."""
    browser = opened("stats")
    rows = shown(browser, lambda cells: any(len(row) > 5 and row[1] == "home" for row in cells))
    assert any(row[1] == "home" and int(row[2]) > 0 for row in rows if len(row) > 5)
