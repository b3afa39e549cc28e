"""The page in a real browser: drawn, readable at both widths, silent, asking for nothing, text stays text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import made_runs
import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from flashcrowd.report import write_report

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
KINDS = ("both", "offline", "empty_live", "failed", "killed", "control", "hostile")


BEYOND_THE_EDGE = """
const free = (e) => !e.closest(".scroll") && !e.closest("svg");
return [...document.querySelectorAll("main *")]
  .filter((e) => free(e) && e.getBoundingClientRect().right > window.innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 80));
"""

OVERLAPS = """
const cross = (a, b) =>
  a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
const groups = ["main > section", ".blocks > *", ".tile",
  ".chart, .picture svg, .facts, h2, h3, .finding, figcaption, .scroll"];
const found = [];
for (const group of groups) {
  const boxes = [...document.querySelectorAll(group)].map((e) => [e, e.getBoundingClientRect()]);
  for (const [i, [e, a]] of boxes.entries())
    for (const [f, b] of boxes.slice(i + 1))
      if (cross(a, b)) found.push(e.textContent.slice(0, 40) + " / " + f.textContent.slice(0, 40));
}
return found;
"""

CUT_LABELS = """
return [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  const outside = (r) => r.left < box.left - 3 || r.right > box.right + 3;
  return [...svg.querySelectorAll("text")]
    .filter((t) => t.textContent.trim() && outside(t.getBoundingClientRect()))
    .map((t) => svg.closest(".chart").id + ": " + t.textContent);
});
"""

CONTRAST = """
const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
const linear = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const light = (colour) => {
  const [r, g, b] = parts(colour).slice(0, 3).map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (parts(colour).length < 4 || parts(colour)[3] > 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
const text = (n) => n.nodeType === 3 && n.textContent.trim();
const speaks = (e) => [...e.childNodes].some(text) && e.offsetParent;
return [...document.querySelectorAll("body *")].filter((e) => speaks(e) && !e.closest("svg")).map((e) => {
  const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), e.className + ": " + e.textContent.slice(0, 30)];
}).filter(([ratio]) => ratio < 4.5);
"""


@pytest.fixture(scope="module", params=KINDS)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of each kind."""
    folder = tmp_path_factory.mktemp("run")
    offline = made_runs.make_offline(folder / "offline", members=3000, days=2, posts=3000, reads=9000)
    if request.param == "both":
        return write_report(made_runs.make_live(folder / "live", seconds=30), offline).path
    if request.param == "offline":
        return write_report(offline).path
    if request.param == "failed":
        return write_report(made_runs.make_live(folder / "failed", seconds=20, stall_s=8)).path
    if request.param == "control":
        off = {f"feedback.{name}": False for name in ("pace", "abandonment", "retry", "leaving")}
        control = made_runs.make_live(folder / "open", seconds=15, **off)
        return write_report(made_runs.make_live(folder / "live", seconds=15), offline, control).path
    if request.param == "empty_live":
        return write_report(made_runs.make_empty(folder / "empty", "live")).path
    if request.param == "killed":
        return write_report(made_runs.make_live(folder / "killed", seconds=10, state="running")).path
    names = {"name": HOSTILE, "purpose": HOSTILE}
    one, other = (folder / name for name in ('it\'s "1" <b>', "\\' + datum.x + '"))
    small = {"members": 300, "days": 1, "posts": 300, "reads": 900}
    made_runs.make_offline(other, **small)
    return write_report(made_runs.make_offline(one, **small, **names), other).path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 420])
def test_page_draws_every_chart_without_a_word_on_the_console(
    page: Path, opened: Callable[..., Any], width: int, dark: bool
):
    """Proves marks on each chart and picture, at both widths, light and dark, with a silent console."""
    browser = opened(page, width, dark)
    empty = browser.execute_script(
        "return [...document.querySelectorAll('.chart, .tree-place')].filter(c => !c.querySelector("
        "'svg path, svg circle, svg text')).map(c => c.id)"
    )
    assert empty == []
    drawn = browser.execute_script("return document.querySelectorAll('.chart svg').length")
    assert drawn == int(browser.execute_script("return document.documentElement.dataset.charts"))
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [1280, 420])
def test_page_never_scrolls_sideways(page: Path, opened: Callable[..., Any], width: int):
    """Proves that nothing is wider than the page but tables and contents in their own boxes."""
    browser = opened(page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    wide = browser.execute_script(BEYOND_THE_EDGE)
    assert wide == []


@pytest.mark.parametrize("width", [1280, 420])
def test_page_lets_no_two_blocks_overlap(page: Path, opened: Callable[..., Any], width: int):
    """Proves the layout: sections, blocks and tiles do not cover each other."""
    assert opened(page, width).execute_script(OVERLAPS) == []


def test_page_keeps_texts_of_a_chart_inside_the_chart(page: Path, opened: Callable[..., Any]):
    """Proves that no label of an axis, bar or legend is cut off at the narrow width."""
    assert opened(page, 420).execute_script(CUT_LABELS) == []


def test_page_asks_for_nothing_but_itself(page: Path, opened: Callable[..., Any]):
    """Proves by the browser's own network log that no request leaves the page."""
    browser = opened(page)
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in asked if m["method"] == "Network.requestWillBeSent"]
    assert {url for url in urls if not url.startswith("data:")} <= {page.as_uri()}


def test_hostile_names_stay_text(page: Path, opened: Callable[..., Any]):
    """Proves that nothing in a record runs: the title is ours and no image was made."""
    browser = opened(page)
    assert browser.title != "owned"
    assert browser.execute_script("return document.images.length") == 0


def test_contents_lead_to_every_section(page: Path, opened: Callable[..., Any]):
    """Proves that each link of the contents has its section, and the other way round."""
    links, sections = opened(page).execute_script(
        "return [[...document.querySelectorAll('nav a')].map(a => a.hash.slice(1)), "
        "[...document.querySelectorAll('main > section')].map(s => s.id)]"
    )
    assert links == sections
    assert len(links) >= 10


def test_every_figure_has_a_name_for_those_who_do_not_see_it(page: Path, opened: Callable[..., Any]):
    """Proves text alternatives on the drawn page."""
    names = opened(page).execute_script(
        "return [...document.querySelectorAll('figure [role=img]')].map(e => e.getAttribute('aria-label'))"
    )
    assert all(name and name.endswith(".") for name in names)


def test_text_stands_out_from_its_background(page: Path, opened: Callable[..., Any]):
    """Proves a contrast of at least 4.5 (WCAG 2.1, 1.4.3) for all text of the page, light and dark."""
    for dark in (False, True):
        faint = opened(page, 1280, dark).execute_script(CONTRAST)
        assert faint == [], f"dark: {dark}"


def test_hovering_a_chart_tells_its_figures(tmp_path: Path, opened: Callable[..., Any]):
    """Proves that charts answer the pointer although the page forbids evaluated code."""
    browser = opened(write_report(made_runs.make_live(tmp_path / "live", seconds=10)).path)
    chart = browser.find_element("id", "load-offered")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    ActionChains(browser).move_to_element(chart).move_by_offset(40, 5).perform()
    tooltip = WebDriverWait(browser, 10).until(
        lambda driver: driver.execute_script(
            "const t = document.querySelector('#vg-tooltip-element.visible'); return t && t.textContent"
        )
    )
    assert "offered" in tooltip
    assert "sent" in tooltip
