"""A day in the life of two members, as an adapter lives it on a server: recorded there, and played again.

`tests/live/record.py` records the answers of real servers into `tests/load/recorded`; the contract tests play
the same day with those answers.
"""

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import ADAPTERS
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.adapters.mapping import load_mapping
from flashcrowd.load.conversation import converse
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import profile

FOLDER = Path(__file__).parent / "recorded"
MAPPING = Path(__file__).parents[2] / "loadtests" / "mappings" / "json_server.yaml"
READS = ("home", "public", "trends", "notifications", "thread", "profile", "search")
KEPT_HEADERS = ("link", "location", "retry-after", "ratelimit-limit", "ratelimit-remaining", "set-cookie")
MOST_ENTRIES = 3
LONGEST = 300
TINY = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
"""A PNG of one pixel, in place of generated images."""

LIMIT_S = 60


def adapter_of(name: str) -> Any:
    """A fresh adapter of the table."""
    return ADAPTERS.get(name)(*([load_mapping(MAPPING)] if name == "http" else []))


def png() -> bytes:
    """A small picture."""
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(image, "PNG")
    return image.getvalue()


@dataclass
class Day:
    """What came of it: ids of what was made, what the reads showed, how requests ended."""

    instance: Instance = field(default_factory=Instance)
    accounts: list[Account] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[Item]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


class Tape:
    """Sends, and keeps every answer under the step that it belongs to."""

    def __init__(self, send: Callable[[Request], Answer]) -> None:
        self.exchanges: list[dict] = []
        self.step = ""
        self._send = send

    def __call__(self, request: Request) -> Answer:
        """The answer."""
        answer = self._send(request)
        self.exchanges.append(
            {
                "step": self.step,
                "request": line_of(request),
                "status": answer.status,
                "headers": {
                    name.decode(): value.decode("latin-1")
                    for name, value in answer.headers.items()
                    if name.decode() in KEPT_HEADERS
                },
                "body": body_of(answer),
            }
        )
        return answer

    def forget(self) -> None:
        """The last answer was not the one waited for."""
        time.sleep(0.2)
        self.exchanges.pop()


class Replay:
    """Answers as a server did, and insists on the same requests in the same order."""

    def __init__(self, exchanges: list[dict]) -> None:
        self._rest = iter(exchanges)
        self.step = ""

    def __call__(self, request: Request) -> Answer:
        """The recorded answer."""
        kept = next(self._rest)
        assert (self.step, line_of(request)) == (kept["step"], kept["request"])
        return answer_of(kept)

    def forget(self) -> None:
        """Only what was waited for is on the tape."""
        raise AssertionError(f"{self.step}: the recorded answer does not show what it should")


def line_of(request: Request) -> str:
    """Method and path of a request: queries hold what is drawn anew."""
    return f"{request.method.decode()} {request.target.partition(b'?')[0].decode()}"


def body_of(answer: Answer) -> Any:
    """The body, trimmed: JSON as it is, anything else as text."""
    try:
        return trimmed(json.loads(answer.body))
    except ValueError:
        return answer.body.decode("utf-8", "replace")


def trimmed(value: Any, name: str = "") -> Any:
    """A value with the first entries of its lists, without long texts but tokens."""
    if isinstance(value, dict):
        return {key: trimmed(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [trimmed(each) for each in value[:MOST_ENTRIES]]
    if name == "b64_json":
        return TINY
    is_long = isinstance(value, str) and len(value) > LONGEST and "token" not in name and "Jwt" not in name
    return value[:LONGEST] if is_long else value


def answer_of(kept: dict) -> Answer:
    """A recorded answer."""
    made = Answer(0)
    made.status = kept["status"]
    made.headers = {name.encode(): value.encode("latin-1") for name, value in kept["headers"].items()}
    body = kept["body"]
    made.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return made


def day(api: Any, send: Any, names: tuple[str, str], given: tuple[Login, ...] = ()) -> Day:
    """Live it: whatever the adapter can do is done once.

    Args:
        send: a `Tape` or a `Replay`.
        names: of the two members.
        given: their log-ins, where nobody may sign up.
    """
    lived = Day()
    for _ in _steps(api, send, names, given, lived):
        pass
    return lived


def _steps(api: Any, send: Any, names: Any, given: Any, lived: Day) -> Iterator[None]:
    def talk(step: str, steps: Any) -> Any:
        send.step = step
        return converse(steps, send)

    def ask(step: str, request: Request) -> Answer:
        send.step = step
        answer = send(request)
        lived.outcomes[step] = api.outcome(request.action, answer)
        return answer

    lived.instance = talk("inspect", api.inspect())
    keys = talk("join", api.join())
    for number, name in enumerate(names):
        login = given[number] if given else Login(name, f"pass-word-of-{name}-1")
        steps = (
            api.sign_in(keys, number, login)
            if given
            else api.sign_up(keys, number, login, profile(1, 7, "en_US"))
        )
        lived.accounts.append(talk(f"account {number}", steps))
    ada, bea = lived.accounts
    yield
    try:
        talk("introduce", api.introduce(ada, profile(1, 7, "fr_FR"), png()))
        lived.outcomes["introduce"] = "ok"
    except PlatformError:
        lived.outcomes["introduce"] = "failed"
    if "follow" not in api.unsupported:
        talk("follow", api.follow(bea, ada))
    first = Draft("A first post #art", "k1", "en")
    if "upload" not in api.unsupported:
        media, ready = api.media(ask("upload", api.upload(ada, png(), "Teal")))
        while not ready:
            media, ready = api.media(ask("upload", api.media_state(ada, media)))
        first.media = (media,)
    lived.made["first"] = api.made("post", ask("post", api.write("post", ada, first)))
    lived.made["second"] = api.made(
        "post", ask("post again", api.write("post", ada, Draft("More #art", "k2", "en")))
    )
    item = _awaited(api, send, lived, "home", bea, "", lambda item: item.root == lived.made["first"])
    yield
    for action in ("like", "report"):
        if action not in api.unsupported:
            ask(action, api.act(action, bea, item))
    lived.made["repost"] = api.made("repost", ask("repost", api.act("repost", bea, item)))
    reply = Draft("An answer", "k3", "en", item)
    lived.made["reply"] = api.made("reply", ask("reply", api.write("reply", bea, reply)))
    if "quote" not in api.unsupported:
        draft = Draft("A quote", "k4", "en", quotes=item)
        lived.made["quote"] = api.made("quote", ask("quote", api.write("quote", bea, draft)))
    yield
    abouts = {"thread": item.root, "profile": ada.id, "search": "first"}
    for action in READS:
        if action in api.unsupported:
            continue
        wanted = (lambda item: item.id == lived.made["reply"]) if action == "thread" else None
        if action in ("home", "profile"):
            wanted = lambda item: item.root == lived.made["first"] and item.likes > 0  # noqa: E731
        reader = ada if action == "notifications" else bea
        _awaited(api, send, lived, f"{action} then", reader, abouts.get(action, ""), wanted)
    lived.made["found"] = talk("find", api.find(ada, first))
    if "generate" not in api.unsupported:
        assert api.image(ask("generate", api.generate(ada, "A lighthouse")))
    seen = api.seen(ada)
    if seen is not None:
        ask("seen", seen)
    if "unfollow" not in api.unsupported:
        of_ada = [item for item in lived.shown["home then"] if item.author == ada.id]
        if not of_ada:
            raise PlatformError("the feed shows nothing of the followed member")
        ask("unfollow", api.act("unfollow", bea, of_ada[0]))
    stranger = Account(9, bea.id, "x", b"Authorization: Bearer nobodys-token-1\r\n")
    ask("stranger", api.read("home", stranger, 5, about=""))
    talk("erase", api.erase("post", ada, Login(names[0], "x"), lived.made["second"]))
    yield


def _awaited(
    api: Any, send: Any, lived: Day, step: str, who: Account, about: str, wanted: Any
) -> Item | None:
    """The first item that is as wanted; what is written is shown after a while on most servers."""
    action, deadline = step.split()[0], time.monotonic() + LIMIT_S
    send.step = step
    while True:
        answer = send(api.read(action, who, 20, about=about))
        lived.outcomes[step] = api.outcome(action, answer)
        items = lived.shown[step] = list(api.page(action, answer).items)
        found = next((item for item in items if wanted is None or wanted(item)), None)
        if found is not None or wanted is None:
            return found
        assert time.monotonic() < deadline, f"{step} never showed it: {items}"
        send.forget()
