"""The fixture that users have in their own tests."""

import json

import pytest

from flashcrowd.cli.pytest_plugin import LoadRun

pytest_plugins = ["pytester"]

SAID = {
    "run": "runs/one",
    "report": "runs/one/report.html",
    "verdict": {"sentence": "All objectives met."},
    "metrics": [
        {"name": "response.home.p95", "value": 412.0},
        {"name": "response.home.p999", "value": None},
        {"name": "sent.home", "value": 1204},
    ],
}


def test_failing_comparison_says_what_was_measured_and_where_to_read_on():
    """The text of a failed assertion holds the figure, its name, how many requests, and the report."""
    run = LoadRun(SAID, 0)
    with pytest.raises(AssertionError) as failed:
        assert run.response("home").p95 < 0.3
    text = str(failed.value)
    assert "0.412 s [response.home.p95 of 1,204 requests; runs/one/report.html]" in text
    assert repr(run.response("home")) == "<response times of home>"


def test_unmeasured_figure_is_told_with_those_that_are():
    """An action that never happened is an error of the test, not a silent pass; NaN compares as false."""
    run = LoadRun(SAID, 0)
    with pytest.raises(AttributeError, match=r"no response.poke.p95; measured were: home"):
        _ = run.response("poke").p95
    assert not run.response("home").p999 < 1e9


@pytest.mark.parametrize("others", [("--host", "http://127.0.0.1:1"), ("-p", "no:locust")])
def test_locusts_own_plugin_may_be_there_or_not(pytester, others):
    """With Locust's plugin its option and its fixture work beside ours; without it ours works alone."""
    pytester.makepyfile(
        """
        def test_both(flashcrowd, request):
            assert callable(flashcrowd.load)
            if request.config.pluginmanager.has_plugin("locust"):
                assert request.config.getoption("--host") == "http://127.0.0.1:1"
                assert request.getfixturevalue("session").base_url == "http://127.0.0.1:1"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *others)
    result.assert_outcomes(passed=1)


def test_run_in_a_users_test_is_found_by_its_fixture(pytester):
    """A user's test gets the fixture without an import, beside Locust's plugin, and fails readably."""
    scenario = {
        "population": {"members": 100},
        "load": {"members": 20, "duration": 1, "warm_up": 0.2, "history_posts": 5, "profile": "10/s"},
    }
    pytester.makefile(".yaml", tiny=json.dumps(scenario))
    pytester.makepyfile(
        """
        def test_launch(flashcrowd):
            run = flashcrowd.load("tiny.yaml", seed=3)
            assert run.metrics["sent.all"] > 0
            assert len(run.record.requests["request"]) >= run.metrics["sent.all"]
            assert run.response("home").p95 < 0

        def test_mistake(flashcrowd):
            flashcrowd.load("no_such.yaml")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*response.home.p95 of * requests; *report.html*"])
    result.stdout.fnmatch_lines(["flashcrowd load no_such.yaml: flashcrowd: no_such.yaml: no such file*"])
