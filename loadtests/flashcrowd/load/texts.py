"""What members write: Faker's sentences, or a writer's, asked for ahead of the run and kept on disk.

The writer is any OpenAI-compatible chat endpoint (`content.writer` in the scenario). What it did not give,
Faker writes.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from flashcrowd.core.errors import PlatformError, UsageError
from flashcrowd.core.scenario import Scenario, Service
from flashcrowd.load.adapters.answers import decoder
from flashcrowd.load.crew import Bar, all_at_once
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim import profiles
from flashcrowd.sim.content import topic_word

PATH: Final = b"/chat/completions"
LONGEST: Final = 220
"""Characters of a text: with its hashtag it fits into the posts of every platform that we know."""

ASKED: Final = (
    "Write {number} different posts for a social network where people share AI art, in the language of the "
    "locale {locale}, about the topic {topic}. Each is one or two short sentences, at most 200 characters, "
    "without hashtags, numbering or quotes. One post per line."
)


class Message(msgspec.Struct):
    """What the writer says."""

    content: str | None = None


class Choice(msgspec.Struct):
    """One answer of the writer."""

    message: Message


class Completion(msgspec.Struct):
    """The answer of a chat endpoint."""

    choices: list[Choice]


read_completion: Final = decoder(Completion)


class Texts:
    """Gives each post its text.

    Args:
        pool: (locale, topic) -> texts of a writer.
    """

    def __init__(self, pool: dict[tuple[str, int], list[str]] | None = None) -> None:
        self._pool = pool or {}

    def prepare(self, locales: Iterable[str]) -> None:
        """Load Faker's words of some languages now: it takes tenths of a second, in which no member acts."""
        for locale in locales:
            profiles.text(0, 0, locale)

    def of(self, seed: int, address: int, locale: str, topic: int) -> str:
        """A text with its topic's hashtag; the same for the same address."""
        written = self._pool.get((locale, topic))
        said = written[address % len(written)] if written else profiles.text(seed, address, locale)
        return f"{said} #{topic_word(topic)}"


def auth_line(service: Service) -> bytes:
    """The header line that proves who asks a service; none without a key.

    Raises:
        UsageError: when the environment does not hold the key, or it fits into no header.
    """
    if not service.key_from:
        return b""
    key = os.environ.get(service.key_from, "")
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"the environment variable {service.key_from} holds no usable key")
    return f"Authorization: Bearer {key}\r\n".encode()


def written(scenario: Scenario, send: Callable[[Request], Answer], bar: Bar) -> Texts:
    """The texts of the scenario's writer: from the cache, else asked for now.

    A topic for which nothing comes is left to Faker, and told.

    Raises:
        UsageError: when the key is missing.
    """
    service = scenario.content.writer
    auth, pool, failed = auth_line(service), {}, []
    folder = _cache_folder()

    def ask(pair: tuple[str, int]) -> None:
        asked = ASKED.format(number=service.texts, locale=pair[0], topic=topic_word(pair[1]))
        file = folder / f"{_digest(service, asked)}.json"
        texts = _kept(file)
        if texts is None:
            try:
                texts = _answered(send, service, auth, asked)
            except PlatformError as error:
                failed.append(str(error))
                return
            _keep(file, texts)
        pool[pair] = texts

    pairs = [
        (name, topic) for name in scenario.population.languages for topic in range(scenario.content.topics)
    ]
    all_at_once(bar, "asking the writer", pairs, ask)
    if failed:
        bar.note(
            f"the writer gave nothing for {len(failed)} of {len(pairs)} topics, Faker writes: {failed[-1]}"
        )
    return Texts(pool)


def lines_of(text: str) -> list[str]:
    """The posts of a writer's answer, without what writers put around them.

    >>> lines_of("1. A cat.\\n\\n- 'A dog.'\\n```")
    ['A cat.', 'A dog.']
    """
    stripped = (line.strip().lstrip("0123456789.)-*• ").strip("\"'`“”") for line in text.splitlines())
    return [" ".join(line.split())[:LONGEST] for line in stripped if any(c.isalnum() for c in line)]


def _answered(send: Callable[[Request], Answer], service: Service, auth: bytes, asked: str) -> list[str]:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": asked}]}
    if service.model:
        body["model"] = service.model
    headers = auth + b"Content-Type: application/json\r\n"
    answer = send(Request("generate", b"POST", PATH, headers, msgspec.json.encode(body)))
    if answer.fault != OK or answer.status != 200:
        raise PlatformError(
            f"status {answer.status}: {answer.detail or answer.body[:100].decode('utf-8', 'replace')}"
        )
    choices = read_completion(answer).choices
    texts = lines_of(choices[0].message.content or "") if choices else []
    if not texts:
        raise PlatformError("an answer without a text")
    return texts


def _digest(service: Service, asked: str) -> str:
    return hashlib.sha256(f"{service.url}\n{service.model}\n{asked}".encode()).hexdigest()[:32]


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flashcrowd" / "writer"


def _kept(file: Path) -> list[str] | None:
    try:
        texts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    good = isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)
    return texts if good else None


def _keep(file: Path, texts: list[str]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        part.replace(file)
    except OSError:
        return  # a cache that cannot be written costs a question, not the run
