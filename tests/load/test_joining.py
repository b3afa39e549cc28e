"""Members who join during a run: they sign up on the platform, follow whom they know, and read on."""

import pytest
from runs import SCENARIO, reconciles
from scenes import scene_of, society

from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.adapters.item import Login
from flashcrowd.load.face import face_of
from flashcrowd.load.joining import join
from flashcrowd.load.line import Reply
from flashcrowd.load.wire import Answer

GROWTH = "growth: {share: 0.5, curve: given, points: [[64000s, 0.0], [67000s, 1.0]]}\n"
STARTS_S = 64_000.0


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on a platform of its own in which half of the members sign up."""
    from flashcrowd.load.engine import run_live

    folder = tmp_path_factory.mktemp("joining")
    scenario = SCENARIO.replace("DURATION", "4s").replace(
        "timeout: 3s", f"timeout: 3s, starts_at: {STARTS_S}s"
    )
    (folder / "tiny.yaml").write_text(scenario + GROWTH)
    return run_live(load_scenario(folder / "tiny.yaml"), folder / "run", quiet=True)


@pytest.fixture(scope="module")
def actions(run):
    """The rows of its actions."""
    return RunReader(run).table("actions").to_pandas()


def test_newcomers_sign_up_on_the_platform_when_the_society_grows(run, actions):
    """Each once, by requests of its own that the platform counts, within one session of its time."""
    reader = RunReader(run)
    signed = actions[actions.action == "signup"]
    assert len(signed) > 10
    assert signed.member.is_unique
    assert set(signed.outcome) == {"ok"}
    counts = reader.manifest["platform_counts"]
    made = counts["POST /api/v1/accounts"]
    filled = counts["PATCH /api/v1/accounts/update_credentials"]
    assert (reader.table("requests").to_pandas().action == "signup").sum() == made + filled
    assert len(signed) <= made <= len(signed) + 3  # who was cut in the middle of it at the end
    assert made - 3 <= filled <= made
    members = reader.table("members").to_pandas().set_index("member")
    joined = members.joined[signed.member].to_numpy()
    assert (signed.t.to_numpy() >= joined).all()
    reconciles(run)


def test_newcomers_are_not_there_before_and_read_after_they_have_signed_up(run, actions):
    """Nothing of a newcomer comes before its sign-up; its pages come after it, with its own account."""
    requests = RunReader(run).table("requests").to_pandas()
    signed = requests[requests.action == "signup"].groupby("member").start_ns.min()
    theirs = requests[requests.member.isin(signed.index) & (requests.start_ns >= 0)]
    assert (theirs.start_ns >= signed[theirs.member].to_numpy()).all()
    pages = theirs[theirs.action == "home"]
    assert len(pages) > 10
    assert (pages.outcome == "ok").mean() > 0.9


def test_only_who_is_there_is_provisioned(run):
    """The others' accounts, follows and posts are not made beforehand."""
    reader = RunReader(run)
    members = reader.table("members").to_pandas()
    live = members[members.live]
    there = int((~(live.joined > STARTS_S)).sum())
    provision = reader.manifest["provision"]
    assert provision["accounts_made"] == there < len(live)


def test_newcomers_follow_and_are_followed(run, actions):
    """Follows lead both ways from the sign-up on."""
    requests = RunReader(run).table("requests").to_pandas()
    newcomers = set(requests[requests.action == "signup"].member)
    follows = requests[(requests.action == "follow") & (requests.outcome == "ok")]
    assert follows.member.isin(newcomers).sum() > 0
    assert (~follows.member.isin(newcomers)).sum() > 0


@pytest.mark.parametrize("given", [False, True])
def test_newcomer_fills_its_profile_in_unless_the_account_is_the_users_own(given):
    """Name and bio are those of its face, and it is not introduced again later."""
    scene, sent = scene_of(society(), None), []
    member = int(scene.cast.members[0])
    scene.vault.keys = {"app_token": "app"}
    if given:
        scene.vault.logins[member] = Login("own", token="mine", is_given=True)

    def ask(request, due_ns, key):
        """A platform that says yes to everything."""
        yield from ()
        sent.append(request)
        answer = Answer(due_ns)
        answer.status, answer.end_ns = 200, due_ns + 1
        answer.body = b'{"access_token": "t", "id": "7", "acct": "me", "username": "me"}'
        return Reply(answer, "ok", 0)

    steps = join(scene, member, ask, 0, 1)
    with pytest.raises(StopIteration) as end:
        next(steps)
    account, _ = end.value.value
    assert account.id == "7"
    filled = [request.body.decode("utf-8", "replace") for request in sent if request.method == b"PATCH"]
    face = face_of(scene.world, member, scene.vault.salt)
    assert [face.display_name in body and face.bio in body for body in filled] == ([] if given else [True])
    assert (member in scene.vault.introduced) != given
