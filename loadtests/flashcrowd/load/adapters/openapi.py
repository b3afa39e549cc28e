"""A mapping file begun from an OpenAPI document: guesses are filled in, a person does the rest."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from flashcrowd.core.errors import UsageError

METHODS: Final = ("get", "post", "put", "patch", "delete")
WANTED: Final = {
    "home": ("get", r"timelines?/home|home|feed|timeline", False),
    "public": ("get", r"public|explore|firehose|local", False),
    "trends": ("get", r"trend|popular|hot", False),
    "notifications": ("get", r"notification", False),
    "search": ("get", r"search", False),
    "thread": ("get", r"(post|status|tweet|note|item)\w*/\{\}/(context|thread|repl|comment)", True),
    "profile": ("get", r"(user|account|profile|member)\w*/\{\}/(post|status|tweet|note|feed)", True),
    "post": ("post", r"(posts?|status(es)?|tweets?|notes?)/?$", False),
    "reply": ("post", r"/\{\}/(repl|comment)|comments?$", True),
    "like": ("post|put", r"like|fav|heart|react|upvote", True),
    "repost": ("post|put", r"repost|reblog|share|retweet|boost", True),
    "follow": ("post|put", r"(?<!un)follow", True),
    "unfollow": ("post|delete", r"unfollow|follow", True),
    "report": ("post", r"report|flag", None),
    "upload": ("post", r"media|upload|image|attachment", False),
    "generate": ("post", r"generat|imagine", False),
}
"""Action -> method, what its path looks like (`{}` is a parameter), whether it has one (None: either)."""

SIGNS: Final = {
    "sign_up": ("post", r"sign.?up|register|users?/?$|accounts?/?$", False),
    "sign_in": ("post", r"log.?in|sign.?in|session|auth|token", False),
}
PARAMETER: Final = re.compile(r"\{[^}]*\}")
TO_AUTHOR: Final = ("follow", "unfollow")
READS: Final = ("home", "public", "trends", "notifications", "search", "thread", "profile")
MAKES: Final = ("post", "reply", "upload")


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    path: str
    about: str


def operations(document: Any) -> list[Operation]:
    """Every operation of an OpenAPI document (2 or 3).

    Raises:
        UsageError: when the document is none.
    """
    paths = document.get("paths") if isinstance(document, Mapping) else None
    if not isinstance(paths, Mapping) or not paths:
        raise UsageError("the document has no paths; is it OpenAPI?")
    return list(_operations(paths, _base(document)))


def draft(document: Any, source: str) -> str:
    """The commented mapping file to complete.

    Args:
        source: named on top of it.

    Raises:
        UsageError: when the document is none.
    """
    known = operations(document)
    actions = {name: _guess(known, *how) for name, how in WANTED.items()}
    signs = {name: _guess(known, *how) for name, how in SIGNS.items()}
    title = re.sub(r"[^a-z0-9]+", "-", str(_title(document)).lower()).strip("-")[:40] or "mine"
    lines = [
        f"# A mapping begun from {source}. Guesses to check are marked ?; then try it:",
        "#   flashcrowd adapter check THIS_FILE",
        "#   flashcrowd probe URL --adapter THIS_FILE",
        "# Places in requests are names in braces ({account.id}, {draft.text} …; |int writes a number).",
        "# Places in answers are JMESPath expressions (data.items, author.id, length(likes) …).",
        f"name: {title}",
        "",
        "accounts:",
        *(line for name, found in signs.items() for line in _sign(name, found)),
        '  headers: {Authorization: "Bearer {token}"}  # ? what proves an account',
        "",
        "item:  # where the parts of an entry are",
        "  id: id",
        "  author: author.id  # ?",
        "  likes: likes  # ? a number or a list",
        "  reposts: reposts  # ?",
        "  created: created_at  # ? ISO 8601, or a number of seconds or milliseconds",
        "",
        "actions:",
        *(line for name, found in actions.items() for line in _action(name, found)),
        "",
        "# Every operation of the document:",
        *(f"#   {each.method.upper():6} {each.path}  {each.about}".rstrip() for each in known),
    ]
    return "\n".join(lines) + "\n"


def _operations(paths: Mapping[Any, Any], base: str) -> Iterator[Operation]:
    for path, item in paths.items():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(operation, Mapping):
                about = str(operation.get("summary") or operation.get("operationId") or "")
                yield Operation(method, base + str(path), " ".join(about.split())[:60])


def _base(document: Mapping[Any, Any]) -> str:
    """The path under which all operations are, without the host."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = str(first.get("url", "")) if isinstance(first, Mapping) else str(document.get("basePath") or "")
    path = re.sub(r"^[a-z]+://[^/]*", "", url).rstrip("/")
    return path if path.startswith("/") and "{" not in path else ""


def _title(document: Mapping[Any, Any]) -> Any:
    info = document.get("info")
    return info.get("title", "") if isinstance(info, Mapping) else ""


def _guess(known: list[Operation], methods: str, looks: str, has_parameter: bool | None) -> Operation | None:
    """The shortest operation that looks like what is wanted, if any."""
    fits = [
        each
        for each in known
        if each.method in methods.split("|")
        and has_parameter in (None, "{" in each.path)
        and re.search(looks, PARAMETER.sub("{}", each.path).lower())
    ]
    return min(fits, key=lambda each: (each.path.count("/"), len(each.path)), default=None)


def _sign(name: str, found: Operation | None) -> list[str]:
    if found is None:
        return [f"  # {name}: nothing in the document looks like it"]
    name_and_password = '{username: "{login.name}", password: "{login.password}"'
    email = ', email: "{login.email}"' if name == "sign_up" else ""
    return [
        f"  {name}:  # ? {found.about}".rstrip(),
        f"    method: {found.method.upper()}",
        f"    path: {found.path}",
        f"    body: {name_and_password}{email}}}  # ?",
        "    id: id  # ?",
        "    token: token  # ?",
    ]


def _action(name: str, found: Operation | None) -> list[str]:
    if found is None:
        return [f"  # {name}: nothing in the document looks like it; without it, it is left out of the mix"]
    place = "{about}" if name in READS else "{item.author}" if name in TO_AUTHOR else "{item.root}"
    path = PARAMETER.sub(lambda _: place, found.path)
    if name in ("home", "public", "profile"):
        path += "?limit={limit}"
    elif name == "search":
        path += "?q={about}&limit={limit}"
    lines = [
        f"  {name}:  # ? {found.about}".rstrip(),
        f"    method: {found.method.upper()}",
        f'    path: "{path}"',
    ]
    if name in ("post", "reply"):
        lines.append('    body: {text: "{draft.text}"}  # ?')
    if name == "upload":
        lines.append('    multipart: {file: "{file}"}  # ?')
    if name == "generate":
        lines += ['    body: {prompt: "{prompt}"}  # ?', '    image: "data[0].b64_json"  # ?']
    if name in READS and name != "notifications":
        lines.append('    items: "@"  # ? where the list is')
    if name in MAKES:
        lines.append("    id: id  # ?")
    return lines
