"""Posting, deleting, threads, favourites and boosts."""

from typing import Final

import orjson

from flashcrowd.reference.api_accounts import people_limit, people_page
from flashcrowd.reference.call import Call, Fields, Reply
from flashcrowd.reference.errors import invalid
from flashcrowd.reference.routes import Table
from flashcrowd.reference.statuses import VISIBILITIES, Draft
from flashcrowd.reference.threads import ancestors, descendants

FAVOURITERS: Final = "SELECT id, account FROM favourites WHERE status = ?"
BOOSTERS: Final = "SELECT id, author FROM statuses WHERE reblog_of = ?"


async def post_status(call: Call) -> Reply:
    """POST /api/v1/statuses"""
    viewer = call.member("write:statuses")
    fields = await call.fields()
    draft = _draft(call, fields)
    site = call.site
    with call.writing():
        made = site.statuses.post_once(viewer, draft, call.header(b"idempotency-key"))
        site.gate.made(made)
        return _shown(call, made, viewer)


async def show_status(call: Call) -> Reply:
    """GET /api/v1/statuses/:id"""
    return _shown(call, call.path_id, call.viewer)


async def show_statuses(call: Call) -> Reply:
    """GET /api/v1/statuses with id[]; those that the viewer may not see are left out."""
    site, viewer = call.site, call.viewer
    words = call.query.list("id")[: site.settings.page_limit]
    found = [int(word) for word in words if word.isdecimal() and len(word) <= 18]
    return Reply(site.renderer.page([one for one in found if site.statuses.is_seen(one, viewer)], viewer))


async def delete_status(call: Call) -> Reply:
    """DELETE /api/v1/statuses/:id: gives what was deleted, with its source text."""
    viewer, identity = call.member("write:statuses"), call.path_id
    site = call.site
    with call.writing():
        shown = orjson.loads(_shown(call, identity, viewer).body)
        text = site.statuses.text(identity)
        site.statuses.delete(viewer, identity)
    return Reply(orjson.dumps({**shown, "text": text}))


async def context(call: Call) -> Reply:
    """GET /api/v1/statuses/:id/context"""
    site, viewer = call.site, call.viewer
    item = site.statuses.seen(call.path_id, viewer)
    is_member = viewer is not None
    before = [one for one in ancestors(site.store, item.id, is_member) if site.statuses.is_seen(one, viewer)]
    after = [one for one in descendants(site.store, item.id, is_member) if site.statuses.is_seen(one, viewer)]
    page = site.renderer.page
    return Reply(b'{"ancestors":%b,"descendants":%b}' % (page(before, viewer), page(after, viewer)))


async def favourite(call: Call) -> Reply:
    """POST /api/v1/statuses/:id/favourite"""
    viewer, identity = call.member("write:favourites"), call.path_id
    with call.writing():
        item = call.site.statuses.original(identity, viewer)
        call.site.statuses.favourite(viewer, item.id)
        return _shown(call, item.id, viewer)


async def unfavourite(call: Call) -> Reply:
    """POST /api/v1/statuses/:id/unfavourite"""
    viewer, identity = call.member("write:favourites"), call.path_id
    with call.writing():
        item = call.site.statuses.original(identity, viewer)
        call.site.statuses.unfavourite(viewer, item.id)
        return _shown(call, item.id, viewer)


async def reblog(call: Call) -> Reply:
    """POST /api/v1/statuses/:id/reblog"""
    viewer, identity = call.member("write:statuses"), call.path_id
    fields = await call.fields()
    visibility = fields.text("visibility", "public")
    if visibility not in VISIBILITIES[:3]:
        raise invalid(f"Visibility is not included in the list: {', '.join(VISIBILITIES[:3])}")
    with call.writing():
        return _shown(call, call.site.statuses.reblog(viewer, identity, visibility), viewer)


async def unreblog(call: Call) -> Reply:
    """POST /api/v1/statuses/:id/unreblog"""
    viewer, identity = call.member("write:statuses"), call.path_id
    with call.writing():
        return _shown(call, call.site.statuses.unreblog(viewer, identity), viewer)


async def favourited_by(call: Call) -> Reply:
    """GET /api/v1/statuses/:id/favourited_by"""
    return _people(call, FAVOURITERS)


async def reblogged_by(call: Call) -> Reply:
    """GET /api/v1/statuses/:id/reblogged_by"""
    return _people(call, BOOSTERS)


async def source(call: Call) -> Reply:
    """GET /api/v1/statuses/:id/source"""
    viewer = call.member("read:statuses")
    item = call.site.statuses.seen(call.path_id, viewer)
    text, spoiler = call.site.store.one("SELECT text, spoiler FROM statuses WHERE id = ?", item.id)
    return Reply(orjson.dumps({"id": str(item.id), "text": text, "spoiler_text": spoiler}))


def _draft(call: Call, fields: Fields) -> Draft:
    for refused in ("poll", "scheduled_at"):
        if refused in fields:
            raise invalid(f"{refused} is not supported by this platform")
    media = fields.list("media_ids")
    if not all(word.isdecimal() and len(word) <= 18 for word in media):
        raise invalid("media_ids must be a list of media ids")
    token = call.token
    return Draft(
        text=fields.text("status"),
        visibility=fields.text("visibility") or "public",
        spoiler=fields.text("spoiler_text"),
        sensitive=fields.flag("sensitive"),
        language=fields.text("language") or None,
        reply_to=fields.integer("in_reply_to_id"),
        media=tuple(int(word) for word in media),
        app=token.app if token else None,
    )


def _shown(call: Call, identity: int, viewer: int | None) -> Reply:
    return Reply(call.site.renderer.one(call.site.statuses.seen(identity, viewer), viewer))


def _people(call: Call, select: str) -> Reply:
    item = call.site.statuses.original(call.path_id, call.viewer)
    return people_page(call, people_limit(call).rows(call.site.store, select, item.id))


ROUTES: Final[Table] = (
    ("POST", "/api/v1/statuses", post_status),
    ("GET", "/api/v1/statuses", show_statuses),
    ("GET", "/api/v1/statuses/:id", show_status),
    ("DELETE", "/api/v1/statuses/:id", delete_status),
    ("GET", "/api/v1/statuses/:id/context", context),
    ("GET", "/api/v1/statuses/:id/source", source),
    ("POST", "/api/v1/statuses/:id/favourite", favourite),
    ("POST", "/api/v1/statuses/:id/unfavourite", unfavourite),
    ("POST", "/api/v1/statuses/:id/reblog", reblog),
    ("POST", "/api/v1/statuses/:id/unreblog", unreblog),
    ("GET", "/api/v1/statuses/:id/favourited_by", favourited_by),
    ("GET", "/api/v1/statuses/:id/reblogged_by", reblogged_by),
)
