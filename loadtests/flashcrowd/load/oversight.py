"""What the harness looks at beside the load: can what members write be seen, and does it stay?"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from flashcrowd.load.lookout import Lookout
from flashcrowd.load.rereading import Rereader
from flashcrowd.load.scene import Scene


class Oversight:
    """Puts the witnesses of a scenario's `freshness` into a scene; without any it does nothing.

    Args:
        scene: what is looked at.
        follows: (follower, followee) as they are on the platform, members by their numbers.
    """

    def __init__(self, scene: Scene, follows: Iterable[tuple[int, int]]) -> None:
        settings = scene.scenario.freshness
        self._lookout: Lookout | None = None
        self._rereader: Rereader | None = None
        if settings.reads_per_s > 0 and scene.may("home"):
            followers = defaultdict(list)
            for follower, followee in sorted(follows):
                if follower in scene.accounts:
                    followers[followee].append(follower)
            self._lookout = Lookout(scene, followers, settings.reads_per_s, settings.limit)
            scene.witnesses.append(self._lookout)
        if settings.rereads > 0 and scene.may("profile"):
            self._rereader = Rereader(scene, settings.rereads, settings.limit)
            scene.witnesses.append(self._rereader)

    def watch(self) -> None:
        """Look for new posts until the window is over; runs beside the crowd."""
        if self._lookout is not None:
            self._lookout.watch()

    def end(self) -> None:
        """Record what is known of the posts that are still looked for."""
        if self._lookout is not None:
            self._lookout.end()

    def reread(self, stopped: Callable[[], bool]) -> None:
        """Read again what was written; takes some seconds where something is missing.

        Args:
            stopped: whether the user does not want to wait.
        """
        if self._rereader is not None:
            self._rereader.reread(stopped)
