"""Readers use the page: zoom one axis, pick a cascade and watch it grow, sort tables; by mouse or keys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import made_runs
import numpy as np
import pytest
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.report import write_report

pytestmark = pytest.mark.browser

X_LABELS = """
return [...document.querySelectorAll(arguments[0] + " .role-axis-label text")].map((t) => t.textContent);
"""

ENDS = """
return charts.filter((chart) => chart.has.has("from"))
  .map((chart) => [chart.view.signal("from"), chart.view.signal("to")]);
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live run beside the offline run of the same society."""
    folder = tmp_path_factory.mktemp("used")
    offline = made_runs.make_offline(folder / "offline", members=3000, days=2, posts=3000, reads=9000)
    return write_report(made_runs.make_live(folder / "live", seconds=30), offline).path


def shown(browser: Any, at: str) -> WebElement:
    """An element, scrolled to the middle."""
    element = browser.find_element("css selector", at)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    return element


def zoomed(browser: Any) -> tuple[float, float]:
    """The ends that every chart over time shows; they all have to be the same."""
    ends = browser.execute_script(ENDS)
    assert len(ends) >= 6
    assert all(one == ends[0] for one in ends)
    return ends[0][0], ends[0][1]


def pressed(browser: Any, value: str) -> None:
    """Press a button of the time axis, and wait until the charts have followed."""
    before = browser.execute_script("return document.documentElement.dataset.zoom || ''")
    shown(browser, f".zoom button[value={value}]").click()
    WebDriverWait(browser, 10).until(
        lambda d: d.execute_script("return document.documentElement.dataset.zoom || ''") != before
    )
    WebDriverWait(browser, 10).until(lambda d: len({tuple(ends) for ends in d.execute_script(ENDS)}) == 1)


def test_dragging_across_one_chart_zooms_all_that_lie_along_time(page: Path, opened: Callable[..., Any]):
    """Proves linked zoom by pointer, what the page says of it, and the way back by a double click."""
    browser = opened(page)
    whole = zoomed(browser)
    chart = shown(browser, "#latency-over-time")
    ActionChains(browser).move_to_element(chart).move_by_offset(-150, 0).click_and_hold().move_by_offset(
        200, 0
    ).release().perform()
    WebDriverWait(browser, 10).until(
        lambda d: d.execute_script("return document.documentElement.dataset.zoom")
    )
    WebDriverWait(browser, 10).until(lambda d: len({tuple(e) for e in d.execute_script(ENDS)}) == 1)
    begin, end = zoomed(browser)
    assert whole[0] < begin < end < whole[1]
    assert end - begin < 0.4 * (whole[1] - whole[0])
    assert " to " in browser.find_element("css selector", ".zoom output").text
    ActionChains(browser).double_click(shown(browser, "#load-offered")).perform()
    WebDriverWait(browser, 10).until(lambda d: d.execute_script(ENDS)[-1] == list(whole))
    assert zoomed(browser) == whole
    assert browser.get_log("browser") == []


def test_buttons_zoom_and_move_without_a_pointer(page: Path, opened: Callable[..., Any]):
    """Proves zoom in, later, earlier, out and the whole run; never beyond the ends of the run."""
    browser = opened(page)
    whole = zoomed(browser)
    pressed(browser, "in")
    begin, end = zoomed(browser)
    assert end - begin == pytest.approx((whole[1] - whole[0]) / 2)
    pressed(browser, "later")
    assert zoomed(browser)[1] == pytest.approx(whole[1])
    pressed(browser, "all")
    assert zoomed(browser) == whole
    browser.find_element("css selector", ".zoom button[value=in]").send_keys(Keys.ENTER)
    WebDriverWait(browser, 10).until(
        lambda d: d.execute_script("return document.documentElement.dataset.zoom")
    )


def test_zoom_survives_a_change_of_theme(page: Path, opened: Callable[..., Any]):
    """Proves that redrawing in the other colours keeps what the reader has chosen."""
    browser = opened(page)
    pressed(browser, "in")
    before = zoomed(browser)
    shades = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": shades})
    WebDriverWait(browser, 20).until(
        lambda d: d.execute_script("return charts.every((c) => c.view && c.view.background)")
    )
    WebDriverWait(browser, 20).until(lambda d: {tuple(e) for e in d.execute_script(ENDS)} == {before})


def test_picking_a_cascade_changes_tree_figures_and_charts(page: Path, opened: Callable[..., Any]):
    """Proves the explorer: the picture, its text, the facts and every chart follow the list."""
    browser = opened(page)
    place = shown(browser, ".explorer")
    listed = Select(place.find_element("css selector", "select"))
    assert len(listed.options) >= 8

    def state() -> list[str]:
        tree = place.find_element("css selector", ".edges").get_attribute("d")
        parts = ("figcaption", ".facts")
        return [tree, *(place.find_element("css selector", part).text for part in parts),
                place.find_element("css selector", ".tree-place").get_attribute("aria-label")]  # fmt: skip

    first = state()
    listed.select_by_index(3)
    WebDriverWait(browser, 10).until(
        lambda d: d.execute_script(
            "return charts.filter((c) => c.has.has('picked')).every((c) => c.view.signal('picked') === 3)"
        )
    )
    assert all(one != other for one, other in zip(first, state(), strict=True))
    named = listed.first_selected_option.text
    assert state()[3].startswith(named)
    rows = browser.execute_script(
        "return charts.find((c) => c.place.id === 'cascade-footprint').view.data('data_0').map((r) => r.c)"
    )
    assert set(rows) == {3}
    assert browser.get_log("browser") == []


def test_cascade_grows_with_the_slider(page: Path, opened: Callable[..., Any]):
    """Proves the picture at its beginning and end, by the keyboard, and that the slider tells it."""
    browser = opened(page)
    slider = shown(browser, ".explorer input")
    end = browser.find_element("css selector", ".explorer .edges").get_attribute("d")
    slider.send_keys(Keys.HOME)
    begin = browser.find_element("css selector", ".explorer .edges").get_attribute("d") or ""
    assert len(begin) < len(end)
    assert "after" in slider.get_attribute("aria-valuetext")
    slider.send_keys(Keys.END)
    assert browser.find_element("css selector", ".explorer .edges").get_attribute("d") == end
    assert "in the end" in slider.get_attribute("aria-valuetext")


def test_readers_who_want_no_motion_get_no_animation(page: Path, opened: Callable[..., Any]):
    """Proves `prefers-reduced-motion`, which the tests' browser asks for."""
    assert not opened(page).find_element("css selector", ".explorer button").is_displayed()


def test_tables_sort_by_what_the_figures_mean(page: Path, opened: Callable[..., Any]):
    """Proves that 1.2 s is more than 38 ms, both ways, and that what is not known stays below."""
    browser = opened(page)
    table = next(
        one for one in browser.find_elements("css selector", "table.sortable") if "p99.9" in one.text
    )
    heads = table.find_elements("css selector", "thead tr:last-child th")
    column = next(n for n, head in enumerate(heads) if head.text == "p99")
    for order in ("ascending", "descending"):
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", heads[column])
        heads[column].find_element("css selector", "button").click()
        assert heads[column].get_attribute("aria-sort") == order
        worth = browser.execute_script(
            "return [...arguments[0].tBodies[0].rows].map((row) => "
            "row.cells[arguments[1]].dataset.worth ?? null)",
            table, column,
        )  # fmt: skip
        known = [float(one) for one in worth if one is not None]
        assert known == sorted(known, reverse=order == "descending")
        assert worth[len(known) :] == [None] * (len(worth) - len(known))
        assert len(known) > 2


def test_everything_can_be_reached_by_the_keyboard(page: Path, opened: Callable[..., Any]):
    """Proves that buttons, list, slider and wide tables take the focus, in the order of the page."""
    browser = opened(page)
    order = browser.execute_script(
        "return [...document.querySelectorAll('a, button, select, input, [tabindex]')]"
        ".filter((e) => e.offsetParent).map((e) => e.tabIndex)"
    )
    assert len(order) > 30
    assert set(order) == {0}


@pytest.fixture(scope="module")
def vast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of twenty million actions: cascades of a made-up society, and many reads."""
    path = tmp_path_factory.mktemp("vast")
    scenario = Scenario().changed(**{"name": "vast", "population.members": 1_000_000, "duration": "7d"})
    writer = RunWriter(path, scenario, "offline", {"engine": "kernel", "members": 1_000_000})
    rows = made_runs.society_rows(200_000, 7 * made_runs.DAY, 100_000, 1_000_000, 1)
    made = len(rows["seq"])
    writer.append("actions", rows)
    while made < 20_000_000:
        n = min(2_000_000, 20_000_000 - made)
        times = np.linspace(0, 7 * made_runs.DAY, n)
        members = np.arange(n, dtype=np.int32) % 1_000_000
        writer.append(
            "actions", made_runs.action_rows(n, seq=np.arange(made, made + n), t=times, member=members)
        )
        made += n
    writer.close()
    return write_report(path).path


def test_page_of_twenty_million_actions_is_as_small_as_any(vast: Path, opened: Callable[..., Any]):
    """Proves that data are reduced before they are inlined: below 3 MB, every chart drawn, silent."""
    assert vast.stat().st_size < 3_000_000
    browser = opened(vast)
    drawn = browser.execute_script("return document.querySelectorAll('.chart svg').length")
    assert drawn == int(browser.execute_script("return document.documentElement.dataset.charts"))
    assert browser.get_log("browser") == []
