"""Take the README's picture: `python reports/screenshot.py REPORT.html PICTURE.webp`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=5000", "--force-device-scale-factor=1"),
)
WIDTH, HEIGHT = 1280, 1625
LARGEST_BYTES = 300_000


def photograph(report: Path, png: Path, profile: Path) -> None:
    """The top of a report as headless Chromium shows it, `WIDTH` x `HEIGHT` pixels."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"screenshot: none of {', '.join(BROWSERS)} is installed")
    options = [f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={png}"]
    command = [browser, *FLAGS, *options, report.resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def compress(png: Path, picture: Path) -> int:
    """The picture as WebP, at the best quality that stays within `LARGEST_BYTES`; its size in bytes."""
    with Image.open(png) as image:
        for quality in (90, 80, 70, 60, 50):
            image.convert("RGB").save(picture, "WEBP", quality=quality, method=6)
            if picture.stat().st_size <= LARGEST_BYTES:
                break
    return picture.stat().st_size


def main() -> None:
    """Photograph the report named on the command line."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    report, picture = Path(sys.argv[1]), Path(sys.argv[2])
    if not report.is_file():
        sys.exit(f"screenshot: {report} is not there; make demo makes it")
    with tempfile.TemporaryDirectory() as folder:
        png = Path(folder) / "report.png"
        photograph(report, png, Path(folder) / "profile")
        size = compress(png, picture)
    print(f"{picture}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
