"""An AI image on its way: prompt, generator, upload, post; it goes on while its member reads or is away.

A prompt that is refused, a queue that is longer than the member's patience, or a failure: no image, hence
no post.
"""

from functools import partial
from time import monotonic_ns
from typing import Any, Final

from flashcrowd.core.draws import fold
from flashcrowd.load.adapters.item import Account, Draft, number
from flashcrowd.load.calling import call
from flashcrowd.load.picture import fitted
from flashcrowd.load.recorder import Deed
from flashcrowd.load.scene import Scene, Task
from flashcrowd.load.threads import in_thread
from flashcrowd.sim import behaviour

LOOKS: Final = 10
LOOK_GAP_NS: Final = 1_000_000_000
"""An upload that is not ready is asked after so often, a second apart."""


def image_errand(
    scene: Scene, session: int, account: Account, key: Any, draft: Draft, topic: int, due_ns: int
) -> Task:
    """Ask for an image; when it comes, upload it and post it with the draft."""
    adapter, member = scene.adapter, account.member
    deed = Deed(author=member, topic=topic, ai=True)
    asked = yield from call(
        scene,
        session,
        member,
        adapter.generate(account, draft.text),
        due_ns,
        key,
        _patience_s(scene, key),
        adapter.image,
        retried=False,
    )
    at_ns = asked.answer.end_ns
    scene.recorder.action(
        scene.clock.scenario_s(at_ns), member, "generate", deed, asked.request, asked.outcome
    )
    if not asked.ok:
        return
    image = in_thread(partial(fitted, asked.value, adapter.instance.limits.image_bytes))
    if image is not asked.value:
        at_ns = monotonic_ns()  # to shrink it takes the member's own device a while
    media = yield from _uploaded(scene, session, account, key, image, draft.text, at_ns, deed)
    if media is None:
        return
    identifier, at_ns = media
    draft.media = (identifier,)
    request = adapter.write("post", account, draft)
    posted = yield from call(
        scene,
        session,
        member,
        request,
        at_ns,
        fold(key, 2),
        read=lambda answer: adapter.made("post", answer),
        chained=True,
    )
    post = number(posted.value) if posted.ok else -1
    t = scene.clock.scenario_s(posted.answer.end_ns)
    made = deed._replace(post=post, root=post)
    seq = scene.recorder.action(t, member, "post", made, posted.request, posted.outcome)
    if posted.ok:
        scene.recorder.made(posted.value, seq)
        scene.note_post(member, post, t)
        scene.note_made("post", member, posted.value, posted.answer)


def _patience_s(scene: Scene, key: Any) -> float:
    """Wall seconds that the member waits for its image, as fast as images are made here."""
    settings = scene.scenario.generation
    if not scene.scenario.feedback.abandonment:
        return scene.scenario.load.timeout + settings.cap / scene.image_speedup
    return behaviour.generation_patience(key, settings.patience) / scene.image_speedup


def _uploaded(
    scene: Scene, session: int, account: Account, key: Any, image: bytes, text: str, due_ns: int, deed: Deed
) -> Any:
    """Upload an image and wait until the platform has processed it; (id, time in ns), or None."""
    adapter, member = scene.adapter, account.member
    request = adapter.upload(account, image, text)
    for look in range(LOOKS):
        reply = yield from call(
            scene, session, member, request, due_ns, fold(key, 100 + look), None, adapter.media, chained=True
        )
        due_ns = reply.answer.end_ns
        t = scene.clock.scenario_s(due_ns)
        scene.recorder.action(t, member, "upload", deed, reply.request, reply.outcome)
        if not reply.ok:
            return None
        identifier, ready = reply.value
        if ready:
            return identifier, due_ns
        due_ns += LOOK_GAP_NS
        yield due_ns
        request = adapter.media_state(account, identifier)
    return None
