"""Feeds, notifications, search, trends."""

from typing import Any, Final

import orjson

from flashcrowd.reference.call import Call, Reply
from flashcrowd.reference.content import tag_url
from flashcrowd.reference.errors import not_found
from flashcrowd.reference.notifications import KINDS, Notification
from flashcrowd.reference.paging import Page, link_header, page_of
from flashcrowd.reference.routes import Table
from flashcrowd.reference.search import search_statuses
from flashcrowd.reference.store import stamp

NOTIFICATIONS_DEFAULT: Final = 40
NOTIFICATIONS_MOST: Final = 80
TRENDS_DEFAULT: Final = 20
TAGS_DEFAULT: Final = 10


async def home(call: Call) -> Reply:
    """GET /api/v1/timelines/home"""
    viewer = call.member("read:statuses")
    site = call.site
    found = site.feeds.home(viewer, page_of(call), site.gate.horizon(call.route))
    return _feed(call, found, viewer)


async def public(call: Call) -> Reply:
    """GET /api/v1/timelines/public; `remote` is empty, since this platform has no neighbours."""
    query = call.query
    if query.flag("remote"):
        return Reply(b"[]")
    return _feed(call, call.site.feeds.public(page_of(call), query.flag("only_media")), call.viewer)


async def tagged(call: Call) -> Reply:
    """GET /api/v1/timelines/tag/:hashtag"""
    found = call.site.feeds.tagged(call.value.lower(), page_of(call), call.query.flag("only_media"))
    return _feed(call, found, call.viewer)


async def notifications(call: Call) -> Reply:
    """GET /api/v1/notifications"""
    viewer = call.member("read:notifications")
    query = call.query
    kinds = [kind for kind in query.list("types") or KINDS if kind not in query.list("exclude_types")]
    page = page_of(call, NOTIFICATIONS_DEFAULT, NOTIFICATIONS_MOST)
    found = call.site.notifications.page(viewer, page, kinds, query.integer("account_id"))
    links = (link_header(call, found[0].id, found[-1].id),) if found else ()
    shown = b",".join([_notification(call, one, viewer) for one in found])
    return Reply(b"[" + shown + b"]", headers=links)


async def show_notification(call: Call) -> Reply:
    """GET /api/v1/notifications/:id"""
    viewer = call.member("read:notifications")
    found = call.site.notifications.one(viewer, call.path_id)
    if found is None:
        raise not_found()
    return Reply(_notification(call, found, viewer))


async def unread_count(call: Call) -> Reply:
    """GET /api/v1/notifications/unread_count; without markers every notification is unread."""
    viewer = call.member("read:notifications")
    found = call.site.notifications.page(viewer, Page(100), list(KINDS), None)
    return Reply(orjson.dumps({"count": len(found)}))


async def clear_notifications(call: Call) -> Reply:
    """POST /api/v1/notifications/clear"""
    viewer = call.member("write:notifications")
    with call.writing():
        call.site.notifications.clear(viewer)
    return Reply()


async def dismiss_notification(call: Call) -> Reply:
    """POST /api/v1/notifications/:id/dismiss"""
    viewer, identity = call.member("write:notifications"), call.path_id
    with call.writing():
        call.site.notifications.dismiss(viewer, identity)
    return Reply()


async def search(call: Call) -> Reply:
    """GET /api/v2/search"""
    viewer = call.member("read:search")
    site, query = call.site, call.query
    words, kind = query.text("q").strip(), query.text("type")
    limit, offset = page_of(call).limit, query.integer("offset") or 0
    accounts: list[int] = []
    statuses: list[int] = []
    tags: list[str] = []
    if words and kind in ("", "accounts"):
        accounts = site.accounts.search(words.lstrip("@"), limit, offset)
    if words and kind in ("", "statuses"):
        statuses = search_statuses(site.store, words, page_of(call), offset)
    if words and kind in ("", "hashtags"):
        tags = site.trends.search(words.lstrip("#").lower(), limit, offset)
    shown = orjson.dumps([_tag(call, name) for name in tags])
    people, found = site.accounts.shown_all(accounts), site.renderer.page(statuses, viewer)
    return Reply(b'{"accounts":%b,"statuses":%b,"hashtags":%b}' % (people, found, shown))


async def trending_statuses(call: Call) -> Reply:
    """GET /api/v1/trends/statuses"""
    limit = page_of(call, TRENDS_DEFAULT).limit
    offset = call.query.integer("offset") or 0
    found = call.site.trends.statuses()[offset : offset + limit]
    return Reply(call.site.renderer.page(found, call.viewer))


async def trending_tags(call: Call) -> Reply:
    """GET /api/v1/trends/tags"""
    limit = page_of(call, TAGS_DEFAULT, TRENDS_DEFAULT).limit
    offset = call.query.integer("offset") or 0
    found = call.site.trends.tags()[offset : offset + limit]
    return Reply(orjson.dumps([_tag(call, *one) for one in found]))


async def show_tag(call: Call) -> Reply:
    """GET /api/v1/tags/:name"""
    name = call.value.lower()
    return Reply(orjson.dumps(_tag(call, name, *call.site.trends.uses_today(name))))


def _feed(call: Call, found: list[int], viewer: int | None) -> Reply:
    links = (link_header(call, found[0], found[-1]),) if found else ()
    return Reply(call.site.renderer.page(found, viewer), headers=links)


def _tag(call: Call, name: str, uses: int = 0, people: int = 0) -> dict[str, Any]:
    today = stamp(call.site.store.next_id())[:10]
    history = [{"day": today, "uses": str(uses), "accounts": str(people)}] if uses else []
    url = tag_url(name, call.site.root)
    return {"id": name, "name": name, "url": url, "history": history, "following": False}


def _notification(call: Call, one: Notification, viewer: int) -> bytes:
    site = call.site
    fixed = {
        "id": str(one.id),
        "type": one.kind,
        "created_at": stamp(one.id),
        "group_key": f"ungrouped-{one.id}",
    }
    opening = orjson.dumps(fixed)[:-1]
    item = site.renderer.items[one.status] if one.status is not None else None
    shown = b',"status":' + site.renderer.one(item, viewer) if item else b""
    return b'%b,"account":%b%b}' % (opening, site.accounts.shown(one.sender), shown)


ROUTES: Final[Table] = (
    ("GET", "/api/v1/timelines/home", home),
    ("GET", "/api/v1/timelines/public", public),
    ("GET", "/api/v1/timelines/tag/:hashtag", tagged),
    ("GET", "/api/v1/notifications", notifications),
    ("GET", "/api/v1/notifications/unread_count", unread_count),
    ("POST", "/api/v1/notifications/clear", clear_notifications),
    ("GET", "/api/v1/notifications/:id", show_notification),
    ("POST", "/api/v1/notifications/:id/dismiss", dismiss_notification),
    ("GET", "/api/v2/search", search),
    ("GET", "/api/v1/trends", trending_tags),
    ("GET", "/api/v1/trends/tags", trending_tags),
    ("GET", "/api/v1/trends/statuses", trending_statuses),
    ("GET", "/api/v1/tags/:name", show_tag),
)
