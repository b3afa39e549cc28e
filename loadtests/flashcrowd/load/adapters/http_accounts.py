"""Accounts by a mapping: sign-up, sign-in, tokens, where the file says how."""

import os
from collections.abc import Callable
from dataclasses import replace
from time import time
from typing import Any

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import template
from flashcrowd.load.adapters.adapter import NameTaken, Steps
from flashcrowd.load.adapters.http_answers import decoded, found, identifier, now, usable
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.adapters.mapping import Accounts, Call, Sign
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

Build = Callable[[str, Call, dict[str, Any], bytes], Request]
"""Makes the request that a call of the mapping is: (action, call, values, header lines)."""


def sign_up(build: Build, how: Accounts, member: int, login: Login, profile: Profile) -> Steps[Account]:
    """Makes an account; where there is nothing to sign up to, a member is its name.

    Raises:
        NameTaken: on a status that the mapping says so of.
    """
    if how.sign_up is None:
        if how.headers or how.sign_in:
            raise PlatformError("the mapping has no accounts.sign_up; give accounts by --accounts FILE")
        return Account(member, login.name, login.name, b"")
    values = of_login(member, login) | of_profile(profile)
    answer = yield build("signup", how.sign_up, values, b"")
    if answer.status in how.sign_up.taken:
        raise NameTaken(f"status {answer.status}")
    account = _opened(how, how.sign_up, member, login, usable(answer))
    if account is not None:
        return account
    return (yield from sign_in(build, how, member, login))


def sign_in(build: Build, how: Accounts, member: int, login: Login) -> Steps[Account]:
    """Opens an account by its token, or by the mapping's log-in."""
    if login.token:
        account = Account(member, login.name, login.name, _auth(how, member, login, login.token))
        if how.me is not None:
            values = {"account.id": "", "account.handle": login.name, "member": member}
            answer = yield build("login", how.me, values, account.auth)
            account.id = _found(how.me.id or "id", usable(answer))
        return account
    if how.sign_in is None:
        raise PlatformError("the mapping has no accounts.sign_in")
    answer = yield build("login", how.sign_in, of_login(member, login), b"")
    account_or_none = _opened(how, how.sign_in, member, login, usable(answer))
    if account_or_none is None:
        raise PlatformError("the log-in's answer holds no id; accounts.sign_in.id says where it is")
    return account_or_none


def renew(build: Build, how: Accounts, account: Account, login: Login) -> Steps[Account]:
    """New credentials: refreshed, or by the log-in."""
    if how.renew is None or not account.refresh:
        if login.token and not login.password:
            raise PlatformError("the account's token has run out, and there is no password to get another")
        password = replace(login, token="")
        return (yield from sign_in(build, how, account.member, password))
    values = of_login(account.member, login) | {"refresh": account.refresh, "account.id": account.id}
    answer = yield build("login", how.renew, values, account.auth)
    renewed = _opened(how, how.renew, account.member, login, usable(answer), account.id)
    if renewed is None:
        raise PlatformError("the answer holds no token; accounts.renew.token says where it is")
    return renewed


def of_login(member: int, login: Login) -> dict[str, Any]:
    """What a sign-up or log-in may be filled with."""
    return {
        "login.name": login.name,
        "login.password": login.password,
        "login.email": login.address,
        "account.handle": login.name,
        "member": member,
        "now": now(),
    }


def of_profile(profile: Profile) -> dict[str, Any]:
    """What a profile may be filled with."""
    return {
        "profile.display_name": profile.display_name,
        "profile.bio": profile.bio,
        "profile.locale": profile.locale,
    }


def _opened(
    how: Accounts, sign: Sign, member: int, login: Login, answer: Answer, known: str = ""
) -> Account | None:
    """The account that an answer opens; None when it lacks an id or a token that is needed."""
    body = decoded(answer)
    token = _text(found(sign.token, body)) if sign.token else ""
    needs_token = any(name == "token" for name, _ in template.places(how.headers))
    if needs_token and not token:
        return None
    identity = known or (_found(sign.id, answer) if sign.id else login.name)
    account = Account(member, identity, login.name, _auth(how, member, login, token))
    account.refresh = _text(found(sign.refresh, body)) if sign.refresh else ""
    lasts_s = found(sign.expires_in, body) if sign.expires_in else None
    if isinstance(lasts_s, int | float) and not isinstance(lasts_s, bool) and 0 < lasts_s < 1e12:
        account.expires_s = time() + lasts_s
    return account


def _auth(how: Accounts, member: int, login: Login, token: str) -> bytes:
    values = {f"env.{name}": value for name, value in os.environ.items()}
    values |= {"token": token, "account.handle": login.name, "member": str(member)}
    return b"".join(template.line(name, shape, values) for name, shape in how.headers.items())


def _found(expression: str, answer: Answer) -> str:
    return identifier(expression, decoded(answer))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
