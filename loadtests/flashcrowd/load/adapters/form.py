"""Bodies of multipart/form-data (RFC 7578): fields and files in one request."""

import secrets
from collections.abc import Mapping


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
