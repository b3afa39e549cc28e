"""The small world in a real browser: it is drawn, it lives, and a knob makes another one."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """`flashcrowd explore`, ready, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(sys.executable).with_name("flashcrowd")
    command = [str(script), "explore", "smoke", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(url, server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (urllib.error.URLError, ConnectionError):
            continue
    raise RuntimeError("flashcrowd explore ended before it answered")


def test_small_world_is_drawn_and_lives(address: str, browser: webdriver.Chrome):
    """Proves the graph, the facts, the plots, and that a step moves the scenario's clock."""
    browser.get(address)
    wait = WebDriverWait(browser, 90)
    wait.until(lambda d: d.find_elements("css selector", "svg[role=img] circle"))
    members = len(browser.find_elements("css selector", "svg[role=img] circle"))
    assert members >= 50
    assert "never reposted" in browser.page_source
    assert "0.0 h" in browser.page_source
    step = next(b for b in browser.find_elements("css selector", "button") if "STEP" in b.text.upper())
    step.click()
    wait.until(lambda d: "0.2 h" in d.page_source)
    assert browser.find_elements("css selector", "img")
