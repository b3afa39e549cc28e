"""Workers come when they are needed, as many as may be, and take what waits in its order."""

import gevent
import pytest
from gevent import get_hub
from gevent.event import Event

from flashcrowd.load.pool import BURST, Pool


class Work:
    """Steps that wait until they are let go; notes who began, and what failed."""

    def __init__(self, size):
        self.begun, self.failures = [], []
        self.gate = Event()
        self.pool = Pool(size, self.step, self.failures.append)

    def step(self, task):
        self.begun.append(task)
        self.gate.wait()

    def give(self, tasks):
        """Give tasks, and let the event loop hand them out, as the crowd does."""
        for task in tasks:
            self.pool.give(task)
        self.hand_out()

    def hand_out(self):
        """Let the event loop set to work until there is no more to begin."""
        more = [True]

        def turn():
            more[0] = self.pool.set_to_work()

        while more[0]:
            get_hub().loop.run_callback(turn)
            gevent.sleep(0)
        gevent.sleep(0)


@pytest.fixture
def work():
    """A pool of fifty."""
    made = Work(50)
    yield made
    made.gate.set()
    made.pool.end()


def test_nobody_comes_before_there_is_work(work):
    """A pool of any size costs nothing until it is used."""
    assert work.pool.busy == work.pool.most_busy == 0
    work.give(range(3))
    assert work.begun == [0, 1, 2]
    assert work.pool.busy == work.pool.most_busy == 3


def test_who_rests_is_taken_before_another_comes(work):
    """Ten tasks one after the other need one worker."""
    work.gate.set()
    for task in range(10):
        work.give([task])
    assert work.begun == list(range(10))
    assert work.pool.most_busy == 1


@pytest.mark.parametrize("tasks", [BURST + 1, 50, 70])
def test_no_more_come_than_may_and_the_rest_waits_in_order(work, tasks):
    """More tasks than one turn begins, as many as may come, and more than that."""
    work.give(range(tasks))
    assert work.begun == list(range(min(tasks, 50)))
    assert work.pool.waiting == max(0, tasks - 50)
    work.gate.set()
    gevent.sleep(0)
    work.hand_out()
    assert work.begun == list(range(tasks))
    assert (work.pool.busy, work.pool.waiting) == (0, 0)
    assert work.pool.most_busy == min(tasks, 50)


def test_step_that_dies_is_told(work):
    """What a step dies of reaches the crowd; the others go on."""
    work.pool._step = lambda task: 1 / task
    work.give([0])
    assert isinstance(work.failures[0], ZeroDivisionError)
    work.give([1])
    assert work.pool.busy == 0


def test_nobody_comes_after_the_end(work, capsys):
    """Neither who was on the way nor for what is given afterwards; and nothing is printed."""
    for task in range(3):
        work.pool.give(task)
    get_hub().loop.run_callback(work.pool.set_to_work)
    gevent.sleep(0)
    work.gate.set()
    work.pool.end()
    work.give([7])
    gevent.sleep(0.01)
    assert 7 not in work.begun
    assert capsys.readouterr().err == ""
