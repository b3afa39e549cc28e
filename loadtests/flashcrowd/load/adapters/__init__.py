"""Adapters map actions to a platform's requests, and answers to items: one file, one line each."""

from flashcrowd.core.registry import Registry

ADAPTERS = Registry(
    "adapters",
    {
        "mastodon": "flashcrowd.load.adapters.mastodon:Mastodon",
        "atproto": "flashcrowd.load.adapters.atproto:ATProto",
        "http": "flashcrowd.load.adapters.http:Http",
    },
)
