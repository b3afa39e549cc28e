"""A running platform with contention and coherency that are known: the fitted law's intervals hold them."""

import threading
import time

import httpx
import pytest

from flashcrowd.reference.faults import Faults
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings
from flashcrowd.report.capacity.usl import fit

pytestmark = pytest.mark.bench

SIGMA, KAPPA, SERVICE_MS = 0.05, 0.002, 300.0
"""A service so long that what a request costs on its way, a few ms, does not show."""

CLIENTS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 26)
MEASURED_S = 10.0


def throughput(url, clients):
    """Requests a second of so many clients, each of which asks again as soon as it is answered."""
    begin_s = time.monotonic() + 1.0
    counts = [0] * clients

    def client(number):
        with httpx.Client(base_url=url, trust_env=False) as http:
            while (now_s := time.monotonic()) < begin_s + MEASURED_S:
                http.get("/api/v2/instance").raise_for_status()
                counts[number] += now_s >= begin_s

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / MEASURED_S


def test_intervals_hold_imposed_contention_and_coherency():
    """Ten loads of a platform that obeys a known law: its sigma, kappa and peak lie in their intervals."""
    faults = Faults(service_ms=SERVICE_MS, contention=SIGMA, coherency=KAPPA)
    with ReferencePlatform(Settings(faults=faults)) as platform:
        measured = [throughput(platform.url, clients) for clients in CLIENTS]
    found = fit(CLIENTS, measured)
    peak_at = ((1 - SIGMA) / KAPPA) ** 0.5
    law = 1 + SIGMA * (peak_at - 1) + KAPPA * peak_at * (peak_at - 1)
    peak = 1000 / SERVICE_MS * peak_at / law
    for name, value, (low, high), imposed in (
        ("sigma", found.law.sigma, found.sigma, SIGMA),
        ("kappa", found.law.kappa, found.kappa, KAPPA),
        ("peak", found.law.peak, found.peak, peak),
    ):
        print(f"{name}: {value:.4g} ({low:.4g} to {high:.4g}), imposed {imposed:.4g}")
    assert found.sigma[0] <= SIGMA <= found.sigma[1]
    assert found.kappa[0] <= KAPPA <= found.kappa[1]
    assert found.peak[0] <= peak <= found.peak[1]
