"""The cast on a real platform: made once, and only once."""

import http.client
import json

import gevent
import pytest
import staged as stage

from flashcrowd.core.errors import TargetError
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.guard import Ceiling
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.progress import Display
from flashcrowd.load.provision import Provisioner
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Wire
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.sim.world import build_world

MEMBERS = 40


@pytest.fixture(scope="module")
def platform():
    """A running reference platform."""
    with ReferencePlatform() as running:
        yield running


@pytest.fixture(scope="module")
def world():
    """A small society."""
    changes = {"population.members": 200, "load.history_posts": 15, "load.members": MEMBERS}
    return build_world(Scenario().changed(**changes))


class Interrupt(BaseException):
    """What comes from outside in the middle of the work."""


class CuttingBar:
    """Interrupts whoever made it once `parts` parts are done."""

    def __init__(self, parts):
        self._left = parts
        self._whom = gevent.getcurrent()

    def step(self, name, total):
        """Counts the parts of all steps."""
        return self._advance

    def _advance(self):
        self._left -= 1
        if self._left == 0:
            gevent.get_hub().loop.run_callback(self._whom.throw, Interrupt)


def provision(world, url, vault_path, bar=None):
    """Provision the cast on the platform at `url`."""
    cast = choose_cast(world, MEMBERS)
    with Vault(vault_path) as vault, Wire(parse_origin(url), "127.0.0.1") as wire:
        bar = bar or Display(quiet=True)
        maker = Provisioner(world, cast, Mastodon(), wire, vault, Ceiling(5000), bar)
        return cast, maker.run()


def rows_on(platform):
    """What the platform holds, by table."""
    connection = http.client.HTTPConnection(platform.url.partition("://")[2], timeout=5)
    connection.request("GET", "/metrics.json")
    rows = json.loads(connection.getresponse().read())["rows"]
    connection.close()
    return rows


def test_everything_is_made_once_and_found_again(platform, world, tmp_path):
    """The first run makes accounts, follows and posts; the second finds them all and makes nothing."""
    before = rows_on(platform)
    cast, first = provision(world, platform.url, tmp_path / "v.jsonl")
    made = rows_on(platform)
    _, second = provision(world, platform.url, tmp_path / "v.jsonl")
    assert (first.accounts_made, first.follows_made, first.posts_made) == (MEMBERS, len(cast.follower), 15)
    assert made["accounts"] - before["accounts"] == MEMBERS
    assert made["follows"] - before["follows"] == len(cast.follower)
    assert made["statuses"] - before["statuses"] == 15
    assert rows_on(platform) == made
    assert (second.accounts_made, second.follows_made, second.posts_made) == (0, 0, 0)
    assert (second.accounts_kept, second.follows_kept, second.posts_kept) == (MEMBERS, len(cast.follower), 15)


@pytest.mark.parametrize("parts", [MEMBERS // 2, MEMBERS + 20], ids=["among accounts", "among follows"])
def test_interrupted_provisioning_goes_on_where_it_stopped(platform, world, tmp_path, parts):
    """Cut in the middle and run again, everything is there once."""
    before = rows_on(platform)
    with pytest.raises(Interrupt):
        provision(world, platform.url, tmp_path / "v.jsonl", CuttingBar(parts))
    cast, _ = provision(world, platform.url, tmp_path / "v.jsonl")
    made = rows_on(platform)
    assert made["follows"] - before["follows"] == len(cast.follower)
    assert made["statuses"] - before["statuses"] == 15
    assert made["accounts"] - before["accounts"] == MEMBERS


def test_two_vaults_do_not_clash_on_one_platform(platform, world, tmp_path):
    """Another vault makes its own accounts beside the first one's."""
    _, first = provision(world, platform.url, tmp_path / "a.jsonl")
    _, second = provision(world, platform.url, tmp_path / "b.jsonl")
    assert (first.accounts_made, second.accounts_made) == (MEMBERS, MEMBERS)


def test_platform_without_sign_up_is_a_target_error(world, tmp_path):
    """A platform that refuses is said in one line, with its reason."""
    refusal = stage.plain(b'{"error": "closed"}', status=b"403 Forbidden")
    with (
        stage.staged(stage.always(refusal)) as server,
        pytest.raises(TargetError, match=r"403.*closed"),
    ):
        provision(world, f"http://127.0.0.1:{server.port}", tmp_path / "v.jsonl")
