"""What a platform says about itself: its software, and the limits that the harness keeps to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a platform; None = it does not say.

    `post_characters`: of a post · `post_images`: in a post · `image_bytes`: of an image.
    """

    post_characters: int | None = None
    post_images: int | None = None
    image_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """A platform as it presents itself.

    Args:
        software: name and version, as it says.
        title: its own name.
        sign_up: "open", "approval" (a person decides), "closed", or "unknown".
        limits: see there.
        notes: what else a user should know, one line each.
        absent: actions that it does not have.
        older: actions for which it has an older call only.
    """

    software: str = ""
    title: str = ""
    sign_up: str = "unknown"
    limits: Limits = field(default_factory=Limits)
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
