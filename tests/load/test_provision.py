"""The cast on a real platform: made once, and only once."""

import http.client
import json

import gevent
import pytest
import staged as stage

from flashcrowd.core.errors import TargetError, UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.accounts_file import read_accounts
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.guard import Ceiling
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.patient import Patient
from flashcrowd.load.progress import Display
from flashcrowd.load.provision import Provisioner
from flashcrowd.load.request import Request
from flashcrowd.load.staging import Stage
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Answer, Wire
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

    def note(self, text):
        """Says nothing."""

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


class LosingWire(Wire):
    """Loses the answer to one request of a kind, as a killed harness does; what was asked for is made."""

    def __init__(self, *args, path, after):
        super().__init__(*args)
        self._path, self._left = path, after

    def send(self, request, timeout_s=None):
        answer = super().send(request, timeout_s)
        if request.method == b"POST" and request.target == self._path:
            self._left -= 1
            if self._left == 0:
                raise Interrupt
        return answer


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
    follows = len(cast.follows(cast.settled)[0])
    assert (first.accounts_made, first.follows_made, first.posts_made) == (
        MEMBERS,
        follows,
        15,
    )
    assert made["accounts"] - before["accounts"] == MEMBERS
    assert made["follows"] - before["follows"] == follows
    assert made["statuses"] - before["statuses"] == 15
    assert rows_on(platform) == made
    assert (second.accounts_made, second.follows_made, second.posts_made) == (0, 0, 0)
    assert (second.accounts_kept, second.follows_kept, second.posts_kept) == (
        MEMBERS,
        follows,
        15,
    )


@pytest.mark.parametrize("parts", [MEMBERS // 2, MEMBERS + 20], ids=["among accounts", "among follows"])
def test_interrupted_provisioning_goes_on_where_it_stopped(platform, world, tmp_path, parts):
    """Cut in the middle and run again, everything is there once."""
    before = rows_on(platform)
    with pytest.raises(Interrupt):
        provision(world, platform.url, tmp_path / "v.jsonl", CuttingBar(parts))
    cast, _ = provision(world, platform.url, tmp_path / "v.jsonl")
    made = rows_on(platform)
    assert made["follows"] - before["follows"] == len(cast.follows(cast.settled)[0])
    assert made["statuses"] - before["statuses"] == 15
    assert made["accounts"] - before["accounts"] == MEMBERS


@pytest.mark.parametrize("path", [b"/api/v1/accounts", b"/api/v1/statuses", b"/api/v1/apps"])
def test_what_was_made_when_its_answer_was_lost_is_not_made_again(platform, world, tmp_path, path):
    """An account or a post whose answer never came is found on the next run, under the same name."""
    before = rows_on(platform)
    cast, origin = choose_cast(world, MEMBERS), parse_origin(platform.url)
    after = 1 if path.endswith(b"apps") else 7
    with (
        Vault(tmp_path / "v.jsonl") as vault,
        LosingWire(origin, "127.0.0.1", path=path, after=after) as wire,
        pytest.raises(Interrupt),
    ):
        Provisioner(world, cast, Mastodon(), wire, vault, Ceiling(5000), Display(quiet=True)).run()
    provision(world, platform.url, tmp_path / "v.jsonl")
    made = rows_on(platform)
    assert made["accounts"] - before["accounts"] == MEMBERS
    assert made["statuses"] - before["statuses"] == 15


def test_two_vaults_do_not_clash_on_one_platform(platform, world, tmp_path):
    """Another vault makes its own accounts beside the first one's."""
    _, first = provision(world, platform.url, tmp_path / "a.jsonl")
    _, second = provision(world, platform.url, tmp_path / "b.jsonl")
    assert (first.accounts_made, second.accounts_made) == (MEMBERS, MEMBERS)


@pytest.fixture
def small():
    """A scenario of few members."""
    return Scenario().changed(
        **{"population.members": 200, "load.history_posts": 6, "load.members": 8, "load.avatars": 1.0}
    )


def test_clean_takes_back_posts_and_follows_and_says_what_stays(platform, small, tmp_path):
    """What can be removed is gone; accounts, which nobody can delete here, are counted as left."""
    before = rows_on(platform)
    stage = Stage(small, platform.url, vault=tmp_path / "v.jsonl")
    made = stage.provision()
    done = stage.clean()
    after = rows_on(platform)
    assert (done.posts, done.follows, done.left_accounts) == (6, made.follows_made, 8)
    assert "delete" in done.reason
    assert after["follows"] == before["follows"]
    again = stage.provision()
    assert (again.accounts_kept, again.posts_made, again.follows_made) == (8, 6, made.follows_made)


def test_accounts_from_a_file_are_used_and_left_alone(platform, small, tmp_path):
    """Tokens of a file stand for members: nobody signs up, and cleaning leaves the accounts."""
    Stage(small, platform.url, vault=tmp_path / "own.jsonl").provision()
    with Vault(tmp_path / "own.jsonl") as own:
        lines = [f"{a.handle},{a.auth.split()[-1].decode()}" for a in own.accounts.values()]
    (tmp_path / "accounts.csv").write_text("\n".join(["username,token", *lines]))
    before = rows_on(platform)
    stage = Stage(small, platform.url, vault=tmp_path / "given.jsonl")
    done = stage.provision(tmp_path / "accounts.csv")
    assert (done.accounts_made, done.accounts_kept) == (0, 8)
    assert rows_on(platform)["accounts"] == before["accounts"]
    assert stage.clean().left_accounts == 0
    (tmp_path / "few.csv").write_text("\n".join(["username,token", *lines[:3]]))
    with pytest.raises(UsageError, match=r"few.csv holds 3 accounts .* 8 members"):
        Stage(small, platform.url, vault=tmp_path / "few.jsonl").provision(tmp_path / "few.csv")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,token\na,b", "first line"),
        ("username,token\na,", "line 2 needs"),
        ("username,token\na,b\na,c", "a stands twice"),
    ],
)
def test_wrong_accounts_file_is_one_line(tmp_path, text, reason):
    """The file, the line and what is wrong are said; no secret is."""
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UsageError, match=reason) as error:
        read_accounts(tmp_path / "a.csv")
    assert "\n" not in str(error.value)


def test_limits_of_the_platform_are_waited_for(monkeypatch):
    """A limit that is reached is waited for as long as asked, and so is one that was just used up."""
    slept = []
    monkeypatch.setattr("flashcrowd.load.patient.gevent.sleep", lambda s: slept.append(s))
    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr("flashcrowd.load.patient.monotonic", lambda: next(clock))
    answers = iter(
        [
            (429, {b"retry-after": b"150"}),
            (200, {b"x-ratelimit-remaining": b"0", b"x-ratelimit-reset": b"250"}),
            (503, {}),
            (200, {}),
        ]
    )

    class Scripted:
        def send(self, request):
            answer = Answer(0)
            answer.status, answer.headers = next(answers)
            return answer

    said = []
    patient = Patient(Scripted(), Mastodon(), Ceiling(1e9), 1, said.append)
    request = Request("signup", b"POST", b"/x", b"Authorization: Bearer t\r\n")
    assert patient.send(request).status == 200
    assert [round(s) for s in slept] == [50]  # 150 s, of which the clock of this test makes 100 pass
    assert patient.send(request).status == 200
    assert len(slept) >= 3
    assert said == [
        "waiting 150 s: the platform's limit on signup is used up",
        "waiting 250 s: the platform's limit on signup is used up",
    ]


def test_platform_without_sign_up_is_a_target_error(world, tmp_path):
    """A platform that refuses is said in one line, with its reason."""
    refusal = stage.plain(b'{"error": "closed"}', status=b"403 Forbidden")
    with (
        stage.staged(stage.always(refusal)) as server,
        pytest.raises(TargetError, match=r"403.*closed"),
    ):
        provision(world, f"http://127.0.0.1:{server.port}", tmp_path / "v.jsonl")
