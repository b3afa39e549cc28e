"""Uploading and serving pictures."""

import asyncio
from typing import Final

import orjson

from flashcrowd.reference.call import Call, Reply
from flashcrowd.reference.errors import invalid, not_found
from flashcrowd.reference.images import SIZES, picture
from flashcrowd.reference.routes import Table

CACHED: Final = ((b"cache-control", b"public, max-age=2419200, immutable"),)
AVATAR_SIDE: Final = 120


async def upload(call: Call) -> Reply:
    """POST /api/v2/media and /api/v1/media: nothing has to be processed, so the answer is 200 with the URL"""
    viewer = call.member("write:media")
    fields = await call.fields()
    if "file" not in fields.files:
        raise invalid("File can't be blank")
    with call.writing():
        made = call.site.media.keep(viewer, fields.files["file"], fields.text("description"))
        return Reply(orjson.dumps(call.site.media.shown(viewer, made)))


async def show_media(call: Call) -> Reply:
    """GET /api/v1/media/:id"""
    return Reply(orjson.dumps(call.site.media.shown(call.member("write:media"), call.path_id)))


async def update_media(call: Call) -> Reply:
    """PUT /api/v1/media/:id"""
    viewer, identity = call.member("write:media"), call.path_id
    fields = await call.fields()
    with call.writing():
        if "description" in fields:
            call.site.media.describe(viewer, identity, fields.text("description"))
        return Reply(orjson.dumps(call.site.media.shown(viewer, identity)))


async def serve_file(call: Call) -> Reply:
    """GET /media/:file"""
    data, mime = call.site.media.read(call.value)
    return Reply(data, headers=CACHED, media_type=mime.encode())


async def serve_generated(call: Call) -> Reply:
    """GET /images/:file: a generated picture, made again from its name (width-height-serial.png)."""
    stem, _, extension = call.value.partition(".")
    numbers = stem.split("-")
    if (
        extension != "png"
        or len(numbers) != 3
        or not all(one.isdecimal() and len(one) < 10 for one in numbers)
    ):
        raise not_found()
    width, height, serial = (int(one) for one in numbers)
    if (width, height) not in SIZES.values():
        raise not_found()
    data = await asyncio.to_thread(picture, width, height, serial)
    return Reply(data, headers=CACHED, media_type=b"image/png")


async def serve_avatar(call: Call) -> Reply:
    """GET /avatars/original/missing.png"""
    return Reply(picture(AVATAR_SIDE, AVATAR_SIDE, 0), headers=CACHED, media_type=b"image/png")


ROUTES: Final[Table] = (
    ("POST", "/api/v2/media", upload),
    ("POST", "/api/v1/media", upload),
    ("GET", "/api/v1/media/:id", show_media),
    ("PUT", "/api/v1/media/:id", update_media),
    ("GET", "/media/:file", serve_file),
    ("GET", "/images/:file", serve_generated),
    ("GET", "/avatars/original/missing.png", serve_avatar),
)
