"""Visits that notifications cause: the offline society's, among those who are live."""

import pytest

from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.notices import Notices
from flashcrowd.load.schedule import Arrival
from flashcrowd.sim import agenda, session
from flashcrowd.sim.items import Item
from flashcrowd.sim.member import Member
from flashcrowd.sim.platform import OfflinePlatform
from flashcrowd.sim.world import build_world

SHARE = 0.2


@pytest.fixture(scope="module")
def world():
    """A society in which posts wake many."""
    return build_world(Scenario().changed(**{"population.members": 400, "sessions.push_share": SHARE}))


def test_post_wakes_whom_it_wakes_offline(world):
    """Same id, author and time: the same followers at the same times as on the offline platform."""
    offline, notices = OfflinePlatform(world), Notices(world, range(400))
    for number, author in enumerate((3, 50, 200)):
        due = offline._pushes(Item(number, number, author, 70000.0, 0, 0, False, address=number))
        expected = {(entry.member, entry.t) for entry in due}
        assert expected
        assert {(visit.member, visit.t) for visit in notices.of_post(author, number, 70000.0)} == expected


def test_only_live_members_come(world):
    """Followers outside the cast are not there to be woken."""
    everyone = list(Notices(world, range(400)).of_post(3, 9, 70000.0))
    some = {visit.member for visit in everyone[::2]}
    assert {visit.member for visit in Notices(world, some).of_post(3, 9, 70000.0)} == some
    assert list(Notices(world, range(400)).of_post(-1, 9, 70000.0)) == []


def test_caused_visit_is_as_short_as_offline(world):
    """Its length is that of the member's visit called by a notification."""
    for visit in Notices(world, range(400)).of_post(3, 9, 70000.0):
        expected = Member(world, visit.member).begin(visit.t, agenda.PUSHED)
        assert visit.budget_s == pytest.approx(expected.end - visit.t)


def test_share_of_those_who_come_follows_the_scenario(world):
    """Over a day the mean number of visits a post causes is push_share times its awake followers (4 s.e.)."""
    awake = sum(not world.population.dormant[m] for m in world.graph.followers_of(3))
    notices = Notices(world, range(400))
    counts = [len(list(notices.of_post(3, post, 3600.0 * (post % 24)))) for post in range(600)]
    mean = sum(counts) / len(counts)
    assert mean == pytest.approx(SHARE * awake, abs=4 * (SHARE * awake / len(counts)) ** 0.5 + 0.02 * mean)


def test_caused_visit_has_its_quick_return(world):
    """A visit that ends returns as offline: as often as the scenario says, at the drawn gap."""
    notices, key = Notices(world, range(400)), root_key(1, Purpose.SESSION)
    came = [Arrival(t, t % 400, t, 60.0, caused=True) for t in range(2000)]
    backs = [(visit, back) for visit in came if (back := notices.return_after(visit)) is not None]
    assert len(backs) / len(came) == pytest.approx(world.scenario.sessions.return_share, abs=0.045)
    visit, back = backs[0]
    own = session.session_key(key, visit.member, visit.t)
    assert back.t == visit.t + 60.0 + session.return_gap(own)
    assert back.caused
