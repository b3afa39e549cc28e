"""A member who joins during the run: it signs up, fills in its profile, and follows whom it knows."""

import secrets
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from flashcrowd.core.draws import fold
from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Steps
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.calling import Call, call
from flashcrowd.load.face import avatar_of, face_of
from flashcrowd.load.request import Request
from flashcrowd.load.scene import Scene, Task
from flashcrowd.load.threads import in_thread
from flashcrowd.sim.profiles import Profile

T = TypeVar("T")

Ask = Callable[[Request, int, Any], Call]
"""Sends a request of the visit that is due (ns), with the key of its draws."""

Joined = Generator[int, None, tuple[Account | None, int]]
"""Yields when its next step is due; returns the account, None for none, and when it was done (ns)."""


def join(scene: Scene, member: int, ask: Ask, due_ns: int, key: Any) -> Joined:
    """Sign a member up; those who follow it follow it from now on, and it follows who is there."""
    face = face_of(scene.world, member, scene.vault.salt)
    steps = _account(scene, member, face)
    try:
        account, due_ns = yield from _conversed(steps, ask, due_ns, fold(key, 60))
    except PlatformError:
        _record(scene, member, due_ns, "failed")
        return None, due_ns
    _record(scene, member, due_ns, "ok")
    scene.welcome(account)
    if not scene.vault.logins[member].is_given:
        picture = in_thread(partial(avatar_of, scene.world, member))
        due_ns = yield from _tried(
            scene.adapter.introduce(account, face, picture), ask, due_ns, fold(key, 61)
        )
        scene.vault.keep_introduced(member)
    graph, accounts = scene.world.graph, scene.accounts
    for fan in graph.followers_of(member).tolist():
        if fan in accounts and scene.ownership.owns(fan):
            scene.send_errand(fan, due_ns, _followed(scene, accounts[fan], account, due_ns, fold(key, fan)))
    for place, whom in enumerate(graph.followees_of(member).tolist()):
        if whom in accounts:
            steps_of_follow = scene.adapter.follow(account, accounts[whom])
            due_ns = yield from _tried(steps_of_follow, ask, due_ns, fold(key, 100 + place))
    return account, due_ns


def _record(scene: Scene, member: int, at_ns: int, outcome: str) -> None:
    scene.recorder.action(scene.clock.scenario_s(at_ns), member, "signup", outcome=outcome)


def _account(scene: Scene, member: int, face: Profile) -> Steps[Account]:
    """The conversation in which a member signs up, or in when the account is there already."""
    vault = scene.vault
    login = vault.logins.get(member)
    if login is None:
        login = Login(face.username, secrets.token_urlsafe(16))
        vault.keep_login(member, login)
    if login.is_given:
        return scene.adapter.sign_in(vault.keys, member, login)
    return scene.adapter.sign_up(vault.keys, member, login, face)


def _followed(scene: Scene, fan: Account, account: Account, due_ns: int, key: Any) -> Task:
    """One who knows the newcomer follows it."""

    def ask(request: Request, at_ns: int, its_key: Any) -> Call:
        return call(scene, -1, fan.member, request, at_ns, its_key)

    yield from _tried(scene.adapter.follow(fan, account), ask, due_ns, key)


def _conversed(steps: Steps[T], ask: Ask, due_ns: int, key: Any) -> Generator[int, None, tuple[T, int]]:
    """What comes of a conversation, and when it was over.

    Raises:
        PlatformError: when the platform's answers cannot be used.
    """
    try:
        request = next(steps)
        while True:
            reply = yield from ask(request, due_ns, key)
            due_ns = reply.answer.end_ns
            request = steps.send(reply.answer)
    except StopIteration as end:
        return end.value, due_ns


def _tried(steps: Steps[None], ask: Ask, due_ns: int, key: Any) -> Generator[int, None, int]:
    """Have a conversation without which the member can do; when it was over."""
    with suppress(PlatformError):
        _, due_ns = yield from _conversed(steps, ask, due_ns, key)
    return due_ns
