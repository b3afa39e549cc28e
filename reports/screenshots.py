"""Take the README's pictures: `python reports/screenshots.py RUNS FOLDER`; `make control` leaves the runs."""

import base64
import io
import shutil
import sys
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--window-size=1280,900", "--force-device-scale-factor=1", "--force-prefers-reduced-motion"),
)
WIDTH: Final = 1280
MARGIN: Final = 12
LARGEST_BYTES: Final = 200_000


class Picture(NamedTuple):
    """One picture: of which run's report, from the top of what element on, how high in pixels."""

    name: str
    run: str
    element: str
    height: int


PICTURES: Final = (
    Picture("report", "live", "body", 860),
    Picture("timeline", "live", "#timeline", 945),
    Picture("explorer", "offline", "#explorer", 980),
)


def chromium() -> webdriver.Chrome:
    """A headless browser."""
    names = [found for name in BROWSERS if (found := shutil.which(name))]
    driver = shutil.which("chromedriver")
    if not names or driver is None:
        sys.exit(f"screenshots: needs {', '.join(BROWSERS)} and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = names[0]
    for flag in FLAGS:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(driver))


def photograph(browser: webdriver.Chrome, report: Path, wanted: Picture) -> Image.Image:
    """A part of a report's page, once its charts are drawn."""
    browser.get(report.resolve().as_uri())
    drawn = "return document.documentElement.dataset.charts"
    WebDriverWait(browser, 60).until(lambda driver: driver.execute_script(drawn))
    place = "return document.querySelector(arguments[0]).getBoundingClientRect().top + window.scrollY"
    top = max(0, browser.execute_script(place, wanted.element) - MARGIN)
    clip = {"x": 0, "y": top, "width": WIDTH, "height": wanted.height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return Image.open(io.BytesIO(base64.b64decode(shot["data"])))


def compress(image: Image.Image, picture: Path) -> int:
    """The picture as WebP, at the best quality that stays within `LARGEST_BYTES`; its size in bytes."""
    for quality in (90, 80, 70, 60, 50):
        image.convert("RGB").save(picture, "WEBP", quality=quality, method=6)
        if picture.stat().st_size <= LARGEST_BYTES:
            break
    return picture.stat().st_size


def main() -> None:
    """Photograph the reports of the runs in the folder named on the command line."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    runs, folder = Path(sys.argv[1]), Path(sys.argv[2])
    browser = chromium()
    try:
        for one in PICTURES:
            report = runs / one.run / "report.html"
            if not report.is_file():
                sys.exit(f"screenshots: {report} is not there; make control makes it")
            size = compress(photograph(browser, report, one), folder / f"{one.name}.webp")
            print(f"{folder / one.name}.webp: {size / 1000:.0f} kB")
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
