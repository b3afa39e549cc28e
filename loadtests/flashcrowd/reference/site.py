"""One running platform: its settings, its database, and everything that works on them."""

from pathlib import Path

from flashcrowd.reference.accounts import Accounts
from flashcrowd.reference.counters import Counters
from flashcrowd.reference.feeds import Feeds
from flashcrowd.reference.gate import Gate
from flashcrowd.reference.generator import GeneratorPool
from flashcrowd.reference.limits import RateLimiter
from flashcrowd.reference.media import MediaFiles
from flashcrowd.reference.notifications import Notifications
from flashcrowd.reference.oauth import OAuth
from flashcrowd.reference.render import Renderer
from flashcrowd.reference.settings import Settings
from flashcrowd.reference.statuses import Statuses
from flashcrowd.reference.store import Store
from flashcrowd.reference.tastes import Tastes
from flashcrowd.reference.trends import Trends
from flashcrowd.sim.rankers import OUT_OF_NETWORK, RANKERS

DATABASE = "platform.sqlite3"
CHRONOLOGICAL = "chronological"
FEED_DEPTH = 60


class Site:
    """The parts of a platform, put together.

    Args:
        settings: what was asked for.
        folder: of database and media.
        root: URL under which it is reached, without a slash at its end.

    Raises:
        UsageError: when the ranker is unknown.
        StorageError: when the database cannot be used.
    """

    def __init__(self, settings: Settings, folder: Path, root: str) -> None:
        ranked = settings.ranker != CHRONOLOGICAL
        score = RANKERS.get(settings.ranker)
        depth = max(FEED_DEPTH, settings.ranked_window) if ranked else FEED_DEPTH
        self.settings = settings
        self.root = root
        self.store = Store(folder / DATABASE)
        self.oauth = OAuth(self.store)
        self.notifications = Notifications(self.store)
        self.accounts = Accounts(self.store, self.notifications, root)
        self.renderer = Renderer(self.store, self.accounts, root, depth)
        self.statuses = Statuses(
            self.store, self.accounts, self.notifications, self.renderer, settings.max_characters
        )
        self.trends = Trends(self.store)
        share = OUT_OF_NETWORK.get(settings.ranker)
        self.feeds = Feeds(
            self.store,
            self.accounts,
            self.renderer,
            score if ranked else None,
            settings.ranked_window,
            Tastes(self.store, self.trends, share) if share is not None else None,
        )
        self.media = MediaFiles(self.store, folder / "media", root)
        self.pool = GeneratorPool(settings.generator, settings.seed)
        self.counters = Counters(folder)
        self.gate = Gate(settings.faults)
        self.pool.factor = settings.faults.generator_factor
        self.limiter = (
            RateLimiter(settings.rate_limit, settings.rate_window_s) if settings.rate_limit else None
        )

    def close(self) -> None:
        """Commit and close the database; close the counts."""
        self.store.close()
        self.counters.close()
