"""Signing up, profiles, following."""

from typing import Any, Final

import orjson

from flashcrowd.reference.api_oauth import token_json
from flashcrowd.reference.call import Call, Reply
from flashcrowd.reference.errors import invalid, not_found
from flashcrowd.reference.paging import Page, link_header, page_of
from flashcrowd.reference.routes import Table

LIST_DEFAULT: Final = 40
LIST_MOST: Final = 80
MOST_RELATIONSHIPS: Final = 200

FOLLOWERS: Final = "SELECT id, follower FROM follows WHERE followee = ?"
FOLLOWEES: Final = "SELECT id, followee FROM follows WHERE follower = ?"


async def sign_up(call: Call) -> Reply:
    """POST /api/v1/accounts: needs an app's token, gives the new member's token."""
    token = call.granted("write:accounts")
    fields = await call.fields()
    site = call.site
    scopes = " ".join(sorted(token.scopes))
    with call.registering():
        account = site.accounts.sign_up(
            fields.text("username"),
            fields.text("email"),
            fields.text("password"),
            fields.text("locale"),
            fields.flag("agreement"),
        )
        return Reply(token_json(*site.oauth.grant(token.app, account, scopes), scopes))


async def show_own(call: Call) -> Reply:
    """GET /api/v1/accounts/verify_credentials"""
    return Reply(call.site.accounts.own(call.member("read:accounts")))


async def update_own(call: Call) -> Reply:
    """PATCH /api/v1/accounts/update_credentials"""
    viewer = call.member("write:accounts")
    fields = await call.fields()
    site = call.site
    changes: dict[str, Any] = {name: fields.text(name) for name in ("display_name", "note") if name in fields}
    if "bot" in fields:
        changes["bot"] = int(fields.flag("bot"))
    with call.writing():
        if "avatar" in fields.files:
            made = site.media.keep(viewer, fields.files["avatar"], None)
            changes["avatar"] = site.media.path(made)
        site.accounts.update(viewer, changes)
        return Reply(site.accounts.own(viewer))


async def show_account(call: Call) -> Reply:
    """GET /api/v1/accounts/:id"""
    return Reply(call.site.accounts.shown(call.path_id))


async def show_accounts(call: Call) -> Reply:
    """GET /api/v1/accounts with id[]; unknown ids are left out."""
    accounts = call.site.accounts
    return Reply(accounts.shown_all([one for one in _ids(call) if accounts.json[one] is not None]))


async def look_up(call: Call) -> Reply:
    """GET /api/v1/accounts/lookup"""
    account = call.site.accounts.find(call.query.text("acct"))
    if account is None:
        raise not_found()
    return Reply(call.site.accounts.shown(account))


async def search_accounts(call: Call) -> Reply:
    """GET /api/v1/accounts/search"""
    viewer = call.member("read:accounts")
    page = page_of(call, LIST_DEFAULT, LIST_MOST)
    accounts = call.site.accounts
    found = accounts.search(call.query.text("q"), page.limit, call.query.integer("offset") or 0)
    if call.query.flag("following"):
        found = [account for account in found if account in accounts.followees[viewer]]
    return Reply(accounts.shown_all(found))


async def relationships(call: Call) -> Reply:
    """GET /api/v1/accounts/relationships"""
    viewer = call.member("read:follows")
    accounts = call.site.accounts
    known = [one for one in _ids(call) if accounts.json[one] is not None]
    return Reply(orjson.dumps([accounts.relationship(viewer, one) for one in known]))


async def follow(call: Call) -> Reply:
    """POST /api/v1/accounts/:id/follow"""
    viewer, other = call.member("write:follows"), call.path_id
    with call.writing():
        call.site.accounts.follow(viewer, other)
        return Reply(orjson.dumps(call.site.accounts.relationship(viewer, other)))


async def unfollow(call: Call) -> Reply:
    """POST /api/v1/accounts/:id/unfollow"""
    viewer, other = call.member("write:follows"), call.path_id
    with call.writing():
        call.site.accounts.unfollow(viewer, other)
        return Reply(orjson.dumps(call.site.accounts.relationship(viewer, other)))


async def followers(call: Call) -> Reply:
    """GET /api/v1/accounts/:id/followers"""
    return _people(call, FOLLOWERS)


async def following(call: Call) -> Reply:
    """GET /api/v1/accounts/:id/following"""
    return _people(call, FOLLOWEES)


async def statuses_of_account(call: Call) -> Reply:
    """GET /api/v1/accounts/:id/statuses"""
    site, account, query = call.site, call.path_id, call.query
    site.accounts.exists(account)
    if query.flag("pinned"):
        return Reply(b"[]")
    page = page_of(call)
    found = site.feeds.of_author(
        account,
        call.viewer,
        page,
        query.flag("exclude_replies"),
        query.flag("exclude_reblogs"),
        query.flag("only_media"),
    )
    links = (link_header(call, found[0], found[-1]),) if found else ()
    return Reply(site.renderer.page(found, call.viewer), headers=links)


async def no_lists(call: Call) -> Reply:
    """GET /api/v1/accounts/:id/… of things that this platform does not have"""
    call.site.accounts.exists(call.path_id)
    return Reply(b"[]")


def people_page(call: Call, rows: list[tuple[int, int]]) -> Reply:
    """A page of accounts from rows (id that orders them, account)."""
    links = (link_header(call, rows[0][0], rows[-1][0]),) if rows else ()
    return Reply(call.site.accounts.shown_all([account for _, account in rows]), headers=links)


def people_limit(call: Call) -> Page:
    """The page of a list of accounts."""
    return page_of(call, LIST_DEFAULT, LIST_MOST)


def _people(call: Call, select: str) -> Reply:
    account = call.path_id
    call.site.accounts.exists(account)
    return people_page(call, people_limit(call).rows(call.site.store, select, account))


def _ids(call: Call) -> list[int]:
    words = call.query.list("id")
    if not all(word.isdecimal() and len(word) <= 18 for word in words):
        raise invalid("id must be a list of account ids")
    return [int(word) for word in words[:MOST_RELATIONSHIPS]]


ROUTES: Final[Table] = (
    ("POST", "/api/v1/accounts", sign_up),
    ("GET", "/api/v1/accounts", show_accounts),
    ("GET", "/api/v1/accounts/verify_credentials", show_own),
    ("PATCH", "/api/v1/accounts/update_credentials", update_own),
    ("GET", "/api/v1/accounts/lookup", look_up),
    ("GET", "/api/v1/accounts/search", search_accounts),
    ("GET", "/api/v1/accounts/relationships", relationships),
    ("GET", "/api/v1/accounts/:id", show_account),
    ("POST", "/api/v1/accounts/:id/follow", follow),
    ("POST", "/api/v1/accounts/:id/unfollow", unfollow),
    ("GET", "/api/v1/accounts/:id/followers", followers),
    ("GET", "/api/v1/accounts/:id/following", following),
    ("GET", "/api/v1/accounts/:id/statuses", statuses_of_account),
    ("GET", "/api/v1/accounts/:id/featured_tags", no_lists),
    ("GET", "/api/v1/accounts/:id/lists", no_lists),
)
