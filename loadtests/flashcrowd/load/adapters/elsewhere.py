"""Images from a service of their own: another base URL than the platform's, with a key of its own."""

from typing import Any

from flashcrowd.load.adapters import images
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer, Wire


class ImagesElsewhere:
    """An adapter whose images are made by another service; all else is the platform's.

    Members' credentials never go there.

    Args:
        inner: the platform's adapter.
        auth: header line of the service's key.
        model: name of the model, "" = the service's own choice.
    """

    def __init__(self, inner: Adapter, auth: bytes, model: str = "") -> None:
        self._inner = inner
        self._auth = auth
        self._model = model

    def __getattr__(self, name: str) -> Any:
        """What is not about images is the platform's."""
        return getattr(self._inner, name)

    @property
    def unsupported(self) -> frozenset[str]:
        """What the platform lacks, except images."""
        return self._inner.unsupported - {"generate"}

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image, in the service's name for it."""
        return images.request(self._auth, prompt, images.BELOW_BASE, self._model)

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""
        return images.image(answer)

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended."""
        if action != "generate":
            return self._inner.outcome(action, answer)
        if answer.fault != OK:
            return answer.fault
        if 200 <= answer.status < 300:
            return OK
        if images.is_refusal(answer):
            return "blocked"
        return "limited" if answer.status == 429 else "failed"

    def endpoint(self, action: str) -> str:
        """Method and path template of an action."""
        return f"POST {images.BELOW_BASE.decode()}" if action == "generate" else self._inner.endpoint(action)


class Routed:
    """Sends image requests to their service, and all else to the platform.

    Args:
        platform, images: clients of the two.
    """

    def __init__(self, platform: Wire, images: Wire) -> None:
        self._platform = platform
        self._images = images

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:
        """The answer to one request."""
        wire = self._images if request.action == "generate" else self._platform
        return wire.send(request, timeout_s)
