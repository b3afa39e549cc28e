"""Plain Locust with its web UI: `locust -f loadtests/locustfile.py --host http://127.0.0.1:8000`.

Without --host a reference platform is started for the run. Options: --scenario, --members, --duration, --out,
--i-own.
"""

from locust import events

from flashcrowd.load.plain import LocustHooks
from flashcrowd.load.users import CrowdUser

__all__ = ["CrowdUser"]

LocustHooks(events)
