"""Launches that are known, as plans begin with them: what was published, and what is assumed beside it."""

from typing import Any, Final

LAUNCHES: Final[dict[str, dict[str, Any]]] = {
    # Weekly users of the parent service: 50 M at the start of 2023, 400 M in February 2025 (press reports).
    "parent_service": {
        "growth": {"curve": "users", "points": [["0d", "50M"], ["760d", "400M"]]},
        "horizon": "760d",
    },
    # 130 M users made 700 M images in the first week: 5.4 each (OpenAI, April 2025, read in press reports).
    "image_craze": {
        "growth": {"curve": "users", "points": [["0d", "130M"], ["7d", "130M"]]},
        "horizon": "7d",
        "demand": {"images_per_week": 700 / 130},
    },
    # 30 M sign-ups on day 1, about 100 M in five days (press reports, July 2023); how they fell from
    # day to day is an assumption.
    "threads": {
        "growth": {"curve": "sign_ups", "file": "threads.csv", "beyond": "last"},
        "retention": "typical",
        "horizon": "7d",
    },
    # 1 M sign-ups a day beside 33 M accounts (Bluesky, read in press reports); 12 % of them weekly users, an
    # assumption.
    "surge": {
        "growth": {"curve": "sign_ups", "file": "surge.csv", "beyond": "last", "begins_with": "4M"},
        "horizon": "7d",
    },
    # 300,000 reads of timelines a second at 50 a post (Krikorian, 2012-13): 6,000 writes a second. Weekly
    # users and their posts are chosen so that they come to that.
    "timeline_reads": {
        "growth": {"curve": "users", "points": [["0d", "200M"], ["7d", "200M"]]},
        "horizon": "7d",
        "demand": {"daily_share": 0.5, "posts": 5.184, "reads_per_post": 50},
    },
}
"""Name -> sections of a plan file."""
