"""Moderation on the offline platform.

What posts do harm is `sim.harm`; this package is what the platform does about it. A `Desk` judges what was
made and reported, and says which posts lose reach from which tick on: both engines ask the same desk, and
apply its `Change`s between ticks.
"""

from flashcrowd.sim.moderation.cases import Change, Posts, posts_of
from flashcrowd.sim.moderation.desk import Desk, desk_of, is_governed

__all__ = ["Change", "Desk", "Posts", "desk_of", "is_governed", "posts_of"]
