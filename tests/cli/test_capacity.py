"""What `flashcrowd capacity` refuses, and what it writes."""

import json
import math
from collections import Counter
from dataclasses import replace

import pytest

from flashcrowd.cli.capacity import _Search
from flashcrowd.cli.main import run
from flashcrowd.cli.output import Output
from flashcrowd.core.errors import ExitCode, InvalidRunError
from flashcrowd.report.capacity.attainment import FAIL, PASS, Attained
from flashcrowd.report.capacity.backlog import Served
from flashcrowd.report.capacity.evidence import SHARE_BELOW, Probed
from flashcrowd.report.capacity.findings import Capacity, document
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.writers import write_capacity
from flashcrowd.report.slo import parse


@pytest.mark.parametrize("slo", ["home.mean < 1s", ""])
def test_objectives_that_cannot_be_probed_are_refused(slo, capsys):
    """A mean, or no objective at all, is one line and exit code 2, before anything is started."""
    assert run(["capacity", "smoke", "--slo", slo]) == 2
    assert "capacity needs objectives on quantiles or shares" in capsys.readouterr().err


def probe(rate, verdict, confirms=False):
    """A probe of a platform that answers 10 requests a session, up to 400/s."""
    answered = min(10 * rate, 400.0)
    return Probe(
        Probed(rate, verdict, confirms), "01", 10 * rate, answered, answered / 50, 0.01, 20.0, 10.0, (),
        Counter(home=round(90 * rate), post=round(10 * rate)),
    )  # fmt: skip


def test_search_leaves_a_page_a_summary_and_a_document(tmp_path):
    """The answer, the bracket, the crowd it means and the law are in all three."""
    rates = [(4, PASS), (8, PASS), (16, PASS), (32, PASS), (64, FAIL), (40, FAIL), (38, PASS)]
    probes = (*(probe(*one) for one in rates), probe(38, PASS, confirms=True))
    found = Capacity(probes, members_per_rate=1000.0)
    content = write_capacity(found, "smoke", tmp_path)
    assert content == json.loads((tmp_path / "capacity.json").read_text())
    margin = 1.1 / (40 / 38)
    below, above = margin**SHARE_BELOW, margin ** (1 - SHARE_BELOW)
    assert content["sessions_per_s"] == {
        "holds": pytest.approx(38 / below, rel=1e-5),
        "fails": pytest.approx(40 * above, rel=1e-5),
    }
    assert content["requests_per_session"] == {"home": pytest.approx(9.0), "post": pytest.approx(1.0)}
    assert content["requests_per_s"]["holds"] == pytest.approx(380 / below, rel=1e-3)
    assert content["members"] == pytest.approx(38_000 / below, rel=1e-5)
    assert "It holds 36.7 sessions/s (not 40.4)" in (tmp_path / "summary.md").read_text()
    assert "Universal Scalability Law" in (tmp_path / "capacity.html").read_text()


def test_platform_that_holds_nothing_is_said(tmp_path):
    """Exit code 1, and no figure is made up."""
    found = Capacity((probe(4, FAIL), probe(2, FAIL)), members_per_rate=1000.0)
    content = write_capacity(found, "smoke", tmp_path)
    assert (int(found.exit_code), content["members"], content["law"]) == (1, 0, None)


def test_directory_of_another_search_is_refused(tmp_path, capsys):
    """A search goes on only as what it was: with another precision the directory is refused in one line."""
    (tmp_path / "search.json").write_text('{"precision": 0.2}')
    arguments = ["capacity", "smoke", "--out", str(tmp_path), "--target", "http://127.0.0.1:9"]
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert "holds a search with another" in said
    assert "precision" in said


class Platform:
    """A prober of a platform that holds 37 sessions a second; told to, it is interrupted in a probe."""

    def __init__(self, interrupted_in=None):
        self.rates = []
        self._interrupted_in = interrupted_in

    def recover(self, backlog_s):
        """It is always calm."""
        return True

    def probe(self, rate, windows_s, path, judge, later_s):
        """Leave a directory; its record is the rate."""
        self.rates.append(rate)
        path.mkdir(parents=True)
        if len(self.rates) == self._interrupted_in:
            raise KeyboardInterrupt
        return windows_s[0]


class Searched(_Search):
    """A search that reads a probe's verdict off its rate."""

    def _read(self, due, path, ended_s):
        return probe(due.rate, PASS if due.rate <= 37 else FAIL, due.confirms), ""


def test_interrupted_search_makes_only_the_probes_that_are_missing(tmp_path):
    """Interrupted in its sixth probe and begun again, a search makes the sixth again, and none before it."""

    def searched(platform):
        return Searched(platform, (), tmp_path, 20.0, Output(quiet=True)).run(4.0, 0.1, 1000.0, 1.0)

    first, second = Platform(interrupted_in=6), Platform()
    with pytest.raises(KeyboardInterrupt):
        searched(first)
    found = searched(second)
    assert second.rates[0] == first.rates[-1]
    assert first.rates[:-1] + second.rates == [one.probed.rate for one in found.probes]
    assert found.bracket.holds <= 37 < found.bracket.fails


class Offering(_Search):
    """A search whose platform holds anything, and whose harness can offer 50 sessions a second."""

    def _read(self, due, path, ended_s):
        return probe(due.rate, PASS, due.confirms), "" if due.rate <= 50 else "sent late"


def test_rate_that_cannot_be_offered_is_not_passed(tmp_path):
    """Where probes stay invalid the search ends below, confirmed, and is found so when it is begun again."""
    search = Offering(Platform(), (), tmp_path, 20.0, Output(quiet=True))
    found = search.run(8.0, 0.1, 1000.0, 1.0)
    assert 32 < found.best.probed.rate <= 50
    assert found.bracket.confirmed
    assert math.isinf(found.bracket.fails)
    assert "could not be offered" in found.gave_way
    assert document(found)["offered_at_most"] == pytest.approx(found.offered, rel=1e-5)
    again = Platform()
    assert Offering(again, (), tmp_path, 20.0, Output(quiet=True)).run(8.0, 0.1, 1000.0, 1.0) == found
    assert again.rates == []


class Offended(Platform):
    """A platform that does not recover from its sixth probe."""

    def recover(self, backlog_s):
        """As long as it is there."""
        return len(self.rates) < 6


def test_platform_that_does_not_recover_ends_the_search_with_what_is_known(tmp_path):
    """The bracket so far is the answer, not confirmed; no limit of the harness is remembered."""
    found = Searched(Offended(), (), tmp_path, 20.0, Output(quiet=True)).run(4.0, 0.1, 1000.0, 1.0)
    assert (len(found.probes), found.exit_code) == (6, ExitCode.INCONCLUSIVE)
    assert found.bracket.holds <= 37 < found.bracket.fails
    assert not (tmp_path / "probes" / "ceiling.txt").exists()


class Shaky(Searched):
    """A search whose confirmations stay invalid."""

    def _read(self, due, path, ended_s):
        return super()._read(due, path, ended_s)[0], "sent late" if due.confirms else ""


def test_confirmation_that_stays_invalid_ends_the_search_with_what_is_known(tmp_path):
    """The bracket is the answer, not confirmed."""
    found = Shaky(Platform(), (), tmp_path, 20.0, Output(quiet=True)).run(4.0, 0.1, 1000.0, 1.0)
    assert found.exit_code == ExitCode.INCONCLUSIVE
    assert found.bracket.holds <= 37 < found.bracket.fails


QUEUE = Attained(
    parse("all.p95 < 1s"), 500, 0.5, 0.95, 0.4, 0.6, (math.nan,) * 3, FAIL, 0.1, Served(370.0, 371.0)
)
"""What a probe says beyond 37 sessions a second, of ten requests each."""


class Short(Searched):
    """A search that is told the knee, and whose confirmations beyond 30 sessions a second stay invalid."""

    def _read(self, due, path, ended_s):
        made, _ = super()._read(due, path, ended_s)
        told = replace(made, objectives=(QUEUE,) if due.rate > 37 else ())
        return told, "sent late" if due.confirms and due.rate > 30 else ""


def test_confirmation_that_cannot_be_offered_lets_the_search_go_on_below(tmp_path):
    """It is of a rate above the one that holds: that is a limit of the harness, and the rest is confirmed."""
    found = Short(Platform(), (), tmp_path, 20.0, Output(quiet=True)).run(36.9 / 8, 0.1, 1000.0, 1.0)
    assert not found.probed.fails < 37.0
    assert 36.9 / 2 < found.offered < 30
    assert found.best.probed.rate == found.offered
    assert (found.bracket.confirmed, found.exit_code) == (True, ExitCode.PASS)


def test_target_that_is_no_url_is_refused_before_anything_is_left(tmp_path, capsys):
    """One line, exit code 2, no directory."""
    out = tmp_path / "search"
    assert run(["capacity", "smoke", "--target", "http://127.0.0.1:abc", "--out", str(out)]) == 2
    assert "is not a URL" in capsys.readouterr().err
    assert not out.exists()


def test_harness_that_can_offer_nothing_is_told(tmp_path):
    """An invalid first probe ends the search: exit code 5."""
    with pytest.raises(InvalidRunError):
        Offering(Platform(), (), tmp_path, 20.0, Output(quiet=True)).run(80.0, 0.1, 1000.0, 1.0)


class Gap(_Search):
    """A search whose harness can offer 34 sessions a second, and 64 or more, which the platform fails."""

    def _read(self, due, path, ended_s):
        verdict = FAIL if due.rate >= 64 else PASS
        return probe(due.rate, verdict, due.confirms), "sent late" if 34 < due.rate < 64 else ""


def test_bracket_stays_wide_where_nothing_between_can_be_offered(tmp_path):
    """What holds is confirmed, and the answer as wide as it must be."""
    found = Gap(Platform(), (), tmp_path, 20.0, Output(quiet=True)).run(8.0, 0.1, 1000.0, 1.0)
    assert (found.bracket.holds, found.bracket.fails) == (32, 64)
    assert [one.probed.rate for one in found.probes] == [8, 16, 32, 64, 32]
