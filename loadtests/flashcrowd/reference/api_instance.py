"""What the platform says about itself, and what clients ask for at their start and is empty here."""

from typing import Any, Final

import orjson

from flashcrowd.reference.call import Call, Reply
from flashcrowd.reference.errors import invalid, not_found
from flashcrowd.reference.media import IMAGES
from flashcrowd.reference.routes import Table
from flashcrowd.reference.statuses import MOST_MEDIA
from flashcrowd.reference.store import stamp

VERSION: Final = "4.3.0 (compatible; flashcrowd reference platform)"
"""The Mastodon version whose client API is spoken; clients look at the number."""

TITLE: Final = "Flashcrowd reference platform"
ABOUT: Final = "A test platform: everything on it is synthetic."
EMPTY_LISTS: Final = (
    "/api/v1/announcements",
    "/api/v1/blocks",
    "/api/v1/bookmarks",
    "/api/v1/conversations",
    "/api/v1/custom_emojis",
    "/api/v1/domain_blocks",
    "/api/v1/featured_tags",
    "/api/v1/follow_requests",
    "/api/v1/followed_tags",
    "/api/v1/instance/peers",
    "/api/v1/instance/rules",
    "/api/v1/lists",
    "/api/v1/mutes",
    "/api/v1/suggestions",
    "/api/v1/trends/links",
    "/api/v2/filters",
    "/api/v2/suggestions",
)
CATEGORIES: Final = ("spam", "legal", "violation", "other")


async def instance(call: Call) -> Reply:
    """GET /api/v1/instance"""
    site = call.site
    host = site.root.partition("://")[2]
    return Reply(
        orjson.dumps(
            {
                "uri": host,
                "title": TITLE,
                "short_description": ABOUT,
                "description": ABOUT,
                "email": "",
                "version": VERSION,
                "urls": {},
                "stats": _stats(call),
                "thumbnail": None,
                "languages": ["en"],
                "registrations": True,
                "approval_required": False,
                "invites_enabled": False,
                "configuration": _configuration(call),
                "contact_account": None,
                "rules": [],
            }
        )
    )


async def instance_v2(call: Call) -> Reply:
    """GET /api/v2/instance"""
    host = call.site.root.partition("://")[2]
    return Reply(
        orjson.dumps(
            {
                "domain": host,
                "title": TITLE,
                "version": VERSION,
                "source_url": "",
                "description": ABOUT,
                "usage": {"users": {"active_month": _stats(call)["user_count"]}},
                "thumbnail": None,
                "icon": [],
                "languages": ["en"],
                "configuration": _configuration(call),
                "registrations": {"enabled": True, "approval_required": False, "message": None, "url": None},
                "api_versions": {"mastodon": 2},
                "contact": {"email": "", "account": None},
                "rules": [],
            }
        )
    )


async def report(call: Call) -> Reply:
    """POST /api/v1/reports"""
    viewer = call.member("write:reports")
    fields = await call.fields()
    site = call.site
    target = fields.integer("account_id")
    if target is None:
        raise not_found()
    category, comment = fields.text("category") or "other", fields.text("comment")
    if category not in CATEGORIES:
        raise invalid(f"Category is not included in the list: {', '.join(CATEGORIES)}")
    statuses = fields.list("status_ids")
    account = orjson.Fragment(site.accounts.shown(target))
    with call.writing():
        made = site.store.next_id()
        words, forwarded = orjson.dumps(statuses).decode(), fields.flag("forward")
        site.store.execute(
            "INSERT INTO reports VALUES (?,?,?,?,?,?,?)",
            (made, viewer, target, comment, category, words, forwarded),
        )
    return Reply(
        orjson.dumps(
            {
                "id": str(made),
                "action_taken": False,
                "action_taken_at": None,
                "category": category,
                "comment": comment,
                "forwarded": forwarded,
                "created_at": stamp(made),
                "status_ids": statuses,
                "rule_ids": None,
                "target_account": account,
            }
        )
    )


async def preferences(call: Call) -> Reply:
    """GET /api/v1/preferences"""
    call.member("read:accounts")
    return Reply(
        orjson.dumps(
            {
                "posting:default:visibility": "public",
                "posting:default:sensitive": False,
                "posting:default:language": None,
                "reading:expand:media": "default",
                "reading:expand:spoilers": False,
            }
        )
    )


async def no_markers(call: Call) -> Reply:
    """GET /api/v1/markers"""
    call.member("read:statuses")
    return Reply()


async def empty_list(call: Call) -> Reply:
    """Something that this platform has none of"""
    return Reply(b"[]")


def _stats(call: Call) -> dict[str, int]:
    rows = {
        table: call.site.store.one(f"SELECT count(*) FROM {table}")[0] for table in ("accounts", "statuses")
    }
    return {"user_count": rows["accounts"], "status_count": rows["statuses"], "domain_count": 1}


def _configuration(call: Call) -> dict[str, Any]:
    settings = call.site.settings
    return {
        "urls": {},
        "accounts": {"max_featured_tags": 0, "max_pinned_statuses": 0},
        "statuses": {
            "max_characters": settings.max_characters,
            "max_media_attachments": MOST_MEDIA,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": {
            "supported_mime_types": [mime for mime, _ in IMAGES.values()],
            "image_size_limit": 16 << 20,
            "image_matrix_limit": 33_177_600,
        },
        "polls": {"max_options": 0, "max_characters_per_option": 0, "min_expiration": 0, "max_expiration": 0},
        "translation": {"enabled": False},
    }


ROUTES: Final[Table] = (
    ("GET", "/api/v1/instance", instance),
    ("GET", "/api/v2/instance", instance_v2),
    ("POST", "/api/v1/reports", report),
    ("GET", "/api/v1/preferences", preferences),
    ("GET", "/api/v1/markers", no_markers),
    *(("GET", template, empty_list) for template in EMPTY_LISTS),
)
