"""A worker's own members, and its lease."""

from flashcrowd.load.distributed.share import Share


def test_lease_that_has_run_out_lets_nothing_leave():
    """A worker that was only slow stops its members by itself."""
    share = Share()
    share.gain([7], session=0)
    share.lease_until_ns = 100
    assert share.may_act(7, 0, 99)
    assert not share.may_act(7, 0, 100)


def test_visit_from_before_a_loss_stays_over_when_its_member_comes_back():
    """Lost and gained again: only visits that begin afterwards may act."""
    share = Share()
    share.lease_until_ns = 100
    share.gain([7], session=0)
    share.drop_all()
    assert not share.may_act(7, 4, 50)
    share.gain([7], session=5)
    assert not share.may_act(7, 4, 50)
    assert share.may_act(7, 5, 50)


def test_only_own_members_may_act():
    """Somebody else's member, or one that was let go, sends nothing from here."""
    share = Share()
    share.lease_until_ns = 100
    share.gain([7, 8], session=0)
    share.drop([8])
    assert (share.owns(7), share.owns(8), len(share)) == (True, False, 1)
    assert not share.may_act(8, 3, 0)
    assert not share.may_act(9, 3, 0)


def test_visits_of_members_elsewhere_are_handed_over_once():
    """What was passed on is given to the master once."""
    share = Share()
    share.pass_on("visit")
    assert share.taken_visits() == ["visit"]
    assert share.taken_visits() == []
