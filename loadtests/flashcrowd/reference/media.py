"""Uploaded files: kept on disk beside the database, served back as they came."""

import io
import warnings
from pathlib import Path
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from flashcrowd.reference.call import Upload
from flashcrowd.reference.errors import invalid, not_found
from flashcrowd.reference.render import attachment
from flashcrowd.reference.store import Store

IMAGES: Final = {
    "PNG": ("image/png", "png"),
    "JPEG": ("image/jpeg", "jpeg"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}
MIMES: Final = {extension: mime for mime, extension in IMAGES.values()}
LONGEST_DESCRIPTION: Final = 1500


class MediaFiles:
    """Takes and gives files.

    Args:
        folder: where they are kept; made if missing.
        root: URL of the platform without a slash at its end.
    """

    def __init__(self, store: Store, folder: Path, root: str) -> None:
        self._store = store
        self._folder = folder
        self._root = root
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, owner: int, upload: Upload, description: str | None) -> int:
        """Id of a new file. Its row is part of the write under way; the file itself is written at once.

        Raises:
            Refusal: 422 when it is no image that we know.
        """
        mime, extension, width, height = _inspect(upload.data)
        identity = self._store.next_id()
        name = f"{identity}.{extension}"
        (self._folder / name).write_bytes(upload.data)
        self._store.execute(
            "INSERT INTO media VALUES (?,?,?,?,?,?,?,?,?)",
            (identity, owner, None, name, mime, width, height, len(upload.data), _checked(description)),
        )
        return identity

    def describe(self, owner: int, identity: int, description: str | None) -> None:
        """Change the description of one's own file that no status carries yet."""
        self._own(owner, identity)
        self._store.execute(
            "UPDATE media SET description = ? WHERE id = ?", (_checked(description), identity)
        )

    def shown(self, owner: int, identity: int) -> dict[str, Any]:
        """One's own file as Mastodon gives it.

        Raises:
            Refusal: 404 when there is none.
        """
        return attachment(self._root, identity, *self._own(owner, identity))

    def path(self, identity: int) -> str:
        """Where a file is served, from the root of the platform."""
        row = self._store.one("SELECT file FROM media WHERE id = ?", identity)
        return f"/media/{row[0]}"

    def read(self, name: str) -> tuple[bytes, str]:
        """Bytes and MIME type of a file by its name.

        Raises:
            Refusal: 404 when there is none.
        """
        stem, _, extension = name.partition(".")
        if not stem.isdecimal() or extension not in MIMES:
            raise not_found()
        try:
            return (self._folder / name).read_bytes(), MIMES[extension]
        except FileNotFoundError as error:
            raise not_found() from error

    def _own(self, owner: int, identity: int) -> Any:
        row = self._store.one(
            "SELECT file, mime, width, height, description FROM media WHERE id = ? AND owner = ?",
            identity,
            owner,
        )
        if row is None:
            raise not_found()
        return row


def _inspect(data: bytes) -> tuple[str, str, int, int]:
    """MIME type, extension, width and height; only the head of the file is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(IMAGES)) as image:
                mime, extension = IMAGES[str(image.format)]
                return mime, extension, image.width, image.height
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise invalid(f"File is not an image of a known kind ({', '.join(IMAGES)})") from error


def _checked(description: str | None) -> str | None:
    if description and len(description) > LONGEST_DESCRIPTION:
        raise invalid(f"Description is too long (maximum is {LONGEST_DESCRIPTION} characters)")
    return description or None
