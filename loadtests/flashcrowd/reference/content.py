"""The text of a status: its hashtags, its mentions, and the HTML that clients show."""

import html
import re
from collections.abc import Iterable
from typing import Final

LINKS: Final = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/])#(?P<tag>\w*[^\W\d_]\w*)"
    r"|(?<![\w/])@(?P<user>[A-Za-z0-9_]+)(?![\w@])"
)
"""What becomes a link; a hashtag needs one letter at least."""


def hashtags(text: str) -> list[str]:
    """The hashtags of a text, lower case, each once, in order.

    >>> hashtags("#AI art, more #ai and #2024 #été")
    ['ai', 'été']
    """
    return list(dict.fromkeys(m["tag"].lower() for m in LINKS.finditer(text) if m["tag"]))


def usernames(text: str) -> list[str]:
    """The names mentioned in a text, lower case, each once, in order.

    >>> usernames("@Ann see https://a.example/@bob and me@mail.example @ann")
    ['ann']
    """
    return list(dict.fromkeys(m["user"].lower() for m in LINKS.finditer(text) if m["user"]))


def to_html(text: str, known: Iterable[str], root: str) -> str:
    """The text as Mastodon gives it: escaped, in paragraphs, hashtags, mentions and addresses as links.

    Args:
        text: as the member wrote it.
        known: lower-case names that are members; other mentions stay plain text.
        root: URL of the platform without a slash at its end.

    >>> to_html("a < b\\n\\nnext", (), "http://x")
    '<p>a &lt; b</p><p>next</p>'
    """
    if not text:
        return ""
    members = frozenset(known)
    parts: list[str] = []
    end = 0
    for match in LINKS.finditer(text):
        parts.append(html.escape(text[end : match.start()], quote=False))
        parts.append(_link(match, members, root))
        end = match.end()
    parts.append(html.escape(text[end:], quote=False))
    lines = "".join(parts).replace("\r\n", "\n")
    return "<p>" + re.sub(r"\n{2,}", "</p><p>", lines).replace("\n", "<br />") + "</p>"


def tag_url(name: str, root: str) -> str:
    """Where a hashtag lives."""
    return f"{root}/tags/{name}"


def _link(match: re.Match[str], members: frozenset[str], root: str) -> str:
    if match["url"]:
        shown = html.escape(match["url"])
        return f'<a href="{shown}" target="_blank" rel="nofollow noopener">{shown}</a>'
    if match["tag"]:
        href = html.escape(tag_url(match["tag"].lower(), root))
        return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{match["tag"]}</span></a>'
    if match["user"].lower() in members:
        name = match["user"]
        link = f'<a href="{root}/@{name}" class="u-url mention">@<span>{name}</span></a>'
        return f'<span class="h-card">{link}</span>'
    return match[0]
