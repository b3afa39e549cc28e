"""Bodies of multipart/form-data (RFC 7578): fields and files in one request."""

import secrets
from collections.abc import Mapping
from typing import Final

PICTURES: Final = ((b"\xff\xd8", "jpeg"), (b"RIFF", "webp"), (b"GIF8", "gif"))
"""First bytes of a picture -> its kind; anything else is taken for PNG."""


def kind_of(picture: bytes) -> str:
    """The kind of a picture, as the second part of its media type.

    >>> kind_of(b"\\xff\\xd8\\xff"), kind_of(b"\\x89PNG")
    ('jpeg', 'png')
    """
    return next((kind for begin, kind in PICTURES if picture.startswith(begin)), "png")


def picture_file(name: str, picture: bytes) -> tuple[str, bytes, bytes]:
    """A picture as a file of a multipart body: file name, content type, content."""
    kind = kind_of(picture)
    return f"{name}.{kind}", f"image/{kind}".encode(), picture


def multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, bytes]]
) -> tuple[bytes, bytes]:
    """The Content-Type header line and the body.

    Args:
        fields: name -> text.
        files: name -> (file name, content type, content).
    """
    boundary = secrets.token_hex(16).encode()
    parts = [b'name="%b"\r\n\r\n%b' % (name.encode(), text.encode()) for name, text in fields.items()]
    for name, (filename, kind, content) in files.items():
        named = b'name="%b"; filename="%b"\r\nContent-Type: %b' % (name.encode(), filename.encode(), kind)
        parts.append(named + b"\r\n\r\n" + content)
    begin = b"--" + boundary + b"\r\nContent-Disposition: form-data; "
    body = b"".join(begin + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    return b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n", body
