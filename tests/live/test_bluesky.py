"""The AT Protocol adapter on a real Bluesky network: every action, with its effect (`make bluesky`)."""

import base64
import hashlib
import hmac
import io
import json
import time
from dataclasses import dataclass

import pytest
from network import BlueskyNetwork
from PIL import Image

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import NameTaken
from flashcrowd.load.adapters.atproto import ATProto
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.conversation import converse
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.wire import Wire
from flashcrowd.sim.profiles import profile

pytestmark = pytest.mark.live
LIMIT_S = 60
LOGINS = {7: Login("maximilian_7_ab12", "pass-word-7"), 8: Login("bea_8_ab12", "pass-word-8")}


@dataclass
class Town:
    """Two members on the network; Bea (8) follows Ada (7)."""

    network: BlueskyNetwork
    wire: Wire
    api: ATProto
    keys: dict
    ada: Account
    bea: Account

    def do(self, request):
        """The answer to a request that must succeed."""
        answer = self.wire.send(request)
        assert self.api.outcome(request.action, answer) == "ok", (request, answer.status, answer.body[:300])
        return answer

    def talk(self, steps):
        """What comes of a conversation."""
        return converse(steps, self.wire.send)

    def read(self, action, account, about="") -> list[Item]:
        """The items of a read."""
        return list(self.api.page(action, self.do(self.api.read(action, account, 40, about=about))).items)

    def until(self, action, account, wanted, about="") -> Item:
        """The first item of a read that is as wanted; the network shows what was written after a while."""
        deadline = time.monotonic() + LIMIT_S
        while True:
            found = [item for item in self.read(action, account, about) if wanted(item)]
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"{action} never showed it"
            time.sleep(0.1)

    def post(self, account, draft, action="post") -> str:
        """The address of a new post."""
        return self.api.made(action, self.do(self.api.write(action, account, draft)))


@pytest.fixture(scope="module")
def town():
    """A network of its own with two members."""
    api = ATProto()
    with BlueskyNetwork() as network, Wire(parse_origin(network.url), "127.0.0.1", timeout_s=20) as wire:
        keys = converse(api.join(), wire.send)
        face = profile(1, 7, "en_US")
        ada, bea = (
            converse(api.sign_up(keys, member, login, face), wire.send) for member, login in LOGINS.items()
        )
        made = Town(network, wire, api, keys, ada, bea)
        made.do(api.act("follow", bea, Item("", "", ada.id)))
        yield made


def png() -> bytes:
    """A small image."""
    image = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(image, "PNG")
    return image.getvalue()


def test_network_says_what_it_is(town):
    """Software, sign-up and limits come from the server itself."""
    instance = town.talk(town.api.inspect())
    assert instance.software.startswith("AT Protocol PDS")
    assert (instance.sign_up, instance.limits.post_characters) == ("open", 300)


def test_taken_name_is_known_as_such_and_opened_by_its_password(town):
    """Whoever was cut while signing up finds the account again."""
    with pytest.raises(NameTaken):
        town.talk(town.api.sign_up(town.keys, 7, LOGINS[7], None))
    assert town.talk(town.api.sign_in(town.keys, 7, LOGINS[7])).id == town.ada.id


def test_profile_with_a_picture_is_accepted(town):
    """Name, description and avatar are written."""
    town.talk(town.api.introduce(town.ada, profile(1, 7, "fr_FR"), png()))


def test_post_with_image_and_tag_comes_into_the_followers_feed(town):
    """An image post shows up with author, tag and image, and can be found by searching and on the profile."""
    blob, ready = town.api.media(town.do(town.api.upload(town.ada, png(), "")))
    assert ready
    draft = Draft("Teal square #art", "k1", "en", media=(blob,))
    address = town.post(town.ada, draft)
    item = town.until("home", town.bea, lambda item: item.id == address)
    assert (item.author, item.tags, item.has_image, item.reply_to) == (town.ada.id, ("art",), True, "")
    assert town.until("search", town.bea, lambda item: item.id == address, about="Teal")
    assert town.until("profile", town.bea, lambda item: item.id == address, about=town.ada.id)
    assert town.talk(town.api.find(town.ada, draft)) == address
    assert abs(item.created_s - time.time()) < LIMIT_S


def test_reactions_are_counted_and_notified(town):
    """Like, repost, reply and quote reach counts, thread, feed and notifications; a report is taken."""
    address = town.post(town.ada, Draft("React to me", "k2"))
    item = town.until("home", town.bea, lambda item: item.id == address)
    town.do(town.api.act("like", town.bea, item))
    repost = town.api.made("repost", town.do(town.api.act("repost", town.bea, item)))
    reply = town.post(town.bea, Draft("A reply", "k3", reply_to=item), "reply")
    town.post(town.bea, Draft("A quote", "k4", quotes=item), "quote")
    town.do(town.api.act("report", town.bea, item))
    counted = lambda item: (item.likes, item.reposts, item.replies) == (1, 1, 1)  # noqa: E731
    assert town.until("home", town.bea, lambda item: item.root == address and counted(item))
    assert town.until("thread", town.ada, lambda item: item.id == reply, about=address).reply_to == address
    shown = town.until("profile", town.ada, lambda item: item.id == repost, about=town.bea.id)
    assert shown.reposted_by == town.bea.id
    notifications = town.do(town.api.read("notifications", town.ada, 20))
    assert b'"reason":"like"' in notifications.body
    town.do(town.api.seen(town.ada))


def test_unfollowed_author_leaves_the_feed(town):
    """What the feed told of the follow is enough to undo it."""
    address = town.post(town.bea, Draft("Soon gone", "k5"))
    town.do(town.api.act("follow", town.ada, Item("", "", town.bea.id)))
    item = town.until("home", town.ada, lambda item: item.id == address)
    town.do(town.api.act("unfollow", town.ada, item))
    deadline = time.monotonic() + LIMIT_S
    while any(item.id == address for item in town.read("home", town.ada)):
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.1)


def test_expired_token_is_told_and_renewed(town):
    """A token that has run out is known as such; the refresh token, else the password, gets another."""
    account = Account(8, town.bea.id, town.bea.handle, expired(town), town.bea.refresh)
    answer = town.wire.send(town.api.read("home", account, 5))
    assert (answer.status, town.api.outcome("home", answer)) == (400, "expired")
    renewed = town.talk(town.api.renew(town.keys, account, LOGINS[8]))
    assert renewed.expires_s > time.time()
    town.do(town.api.read("home", renewed, 5))
    account.refresh = "nonsense"
    town.do(town.api.read("home", town.talk(town.api.renew(town.keys, account, LOGINS[8])), 5))
    with pytest.raises(PlatformError):
        town.talk(town.api.renew(town.keys, account, Login("x", "wrong")))


def test_what_is_not_there_is_gone_or_unsupported(town):
    """A post that is no more is told from a method that is none."""
    address = town.post(town.ada, Draft("Gone", "k6"))
    town.until("home", town.bea, lambda item: item.id == address)
    town.talk(town.api.erase("post", town.ada, LOGINS[7], address))
    deadline = time.monotonic() + LIMIT_S
    while town.wire.send(town.api.read("thread", town.bea, 5, about=address)).status == 200:
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.1)
    answer = town.wire.send(town.api.read("thread", town.bea, 5, about=address))
    assert town.api.outcome("thread", answer) == "gone"
    request = town.api.read("home", town.bea, 5)
    request.target = b"/xrpc/app.bsky.feed.nonsense"
    assert town.api.outcome("home", town.wire.send(request)) == "unsupported"


def test_pages_follow_the_platforms_cursor(town):
    """Two pages of one hold two different posts, newest first."""
    first, second = (town.post(town.ada, Draft(f"Page {n}", f"p{n}")) for n in (1, 2))
    town.until("home", town.bea, lambda item: item.id == second)
    page = town.api.page("home", town.do(town.api.read("home", town.bea, 1)))
    after = town.api.page("home", town.do(town.api.read("home", town.bea, 1, page.cursor)))
    assert [page.items[0].id, after.items[0].id] == [second, first]


def test_account_can_be_closed(town):
    """An account that is erased cannot be used any more."""
    login = Login("carl_9_ab12", "pass-word-9")
    carl = town.talk(town.api.sign_up(town.keys, 9, login, None))
    town.talk(town.api.erase("account", carl, login, carl.id))
    answer = town.wire.send(town.api.write("post", carl, Draft("x", "k")))
    assert town.api.outcome("post", answer) != "ok"


def expired(town) -> bytes:
    """The header line of a token of Bea's that ran out an hour ago, signed as the network signs."""
    head, claims, _ = town.bea.auth.split()[2].decode().split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    said["iat"] -= 3 * 3600
    said["exp"] -= 3 * 3600
    signed = f"{head}.{base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b'=').decode()}"
    digest = hmac.new(town.network.jwt_secret.encode(), signed.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return f"Authorization: Bearer {signed}.{signature}\r\n".encode()
