"""A platform is tried out before anybody relies on it."""

import json

import pytest
import staged as stage
from collections_server import collections_server

from flashcrowd.cli.main import run
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.tryout import Tryout
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Answer
from flashcrowd.reference.process import ReferencePlatform


@pytest.fixture(scope="module")
def platform():
    """A running reference platform."""
    with ReferencePlatform() as running:
        yield running


def probed(capsys, *arguments):
    """Exit code, and the JSON that was said."""
    code = run(["probe", *map(str, arguments), "--json", "--quiet"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else said.err


def test_probe_finds_out_what_is_spoken_and_that_all_of_it_works(platform, capsys, tmp_path):
    """Without an adapter's name: every supported action works, the limits are told, the post was seen."""
    code, found = probed(capsys, platform.url, "--vault", tmp_path / "v")
    words = {each["action"]: each["outcome"] for each in found["actions"]}
    assert (code, found["adapter"], found["fit"], found["broken"]) == (0, "mastodon", True, [])
    assert found["left_out"] == ["quote"]
    assert {"home", "search", "reply", "report", "upload", "generate"} <= {
        w for w in words if words[w] == "ok"
    }
    assert found["instance"]["limits"]["post_characters"] == 500
    assert 0.0 <= found["visible_s"] < 15.0


def test_second_probe_makes_no_accounts_and_nothing_stays(platform, capsys, tmp_path):
    """The two accounts are used again; the posts of both probes are gone."""
    for _ in range(2):
        probed(capsys, platform.url, "--vault", tmp_path / "v")
    with Vault(tmp_path / "v") as vault:
        assert (len(vault.logins), vault.posts) == (2, {})


def test_probe_of_a_mapping_names_what_a_run_would_leave_out(capsys, tmp_path):
    """What the file has no request for is left out; what it has works."""
    from test_http import COLLECTIONS, TOY

    with collections_server(*COLLECTIONS) as server:
        code, found = probed(capsys, server.url, "--adapter", TOY, "--vault", tmp_path / "v")
        posts = len(server.tables["posts"])
    assert (code, found["broken"], posts) == (0, [], 0)
    assert {"trends", "generate"} <= set(found["left_out"])


def test_server_that_speaks_something_else_is_one_line_with_a_way_on(capsys):
    """A document at a usual place is named, from which a mapping can be begun."""
    document = stage.plain(b'{"openapi": "3.1.0", "paths": {}}')

    def script(peer):
        while request := peer.request():
            found = request.startswith(b"GET /openapi.json")
            peer.send(document if found else stage.plain(b"no", status=b"404 Not Found"))

    with stage.staged(script) as server:
        code, said = probed(capsys, f"http://127.0.0.1:{server.port}")
    assert code == 2
    assert "adapter init --openapi" in said
    assert said.count("\n") == 1


def test_platform_on_which_nobody_can_live_is_unfit():
    """When no account can be made, the reason is found, and nothing more is tried."""

    def send(request):
        made = Answer(0)
        made.status, made.body = 403, b'{"error": "closed"}'
        return made

    found = Tryout(Mastodon(), send, Vault(None), lambda text: None).run()
    assert not found.is_fit
    assert [each.action for each in found.findings] == ["signup"]
    assert "closed" in found.findings[0].said
