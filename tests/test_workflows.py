"""The two workflow files: what they may do, and that they do nothing else."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

yaml: Any = importlib.import_module("yaml")  # comes with Datasette; it has no types of its own

ROOT = Path(__file__).parent.parent
WORKFLOWS = ROOT / ".github" / "workflows"
FILES = ("scrape.yml", "test.yml")
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in loaded.items()}


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", FILES)
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(name: str) -> None:
    lines = [
        line.strip(" -") for line in (WORKFLOWS / name).read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]

    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("name", FILES)
def test_no_expression_is_expanded_inside_a_command(name: str) -> None:
    assert [step["run"] for step in steps(name) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", FILES)
def test_no_word_of_an_event_reaches_a_file(name: str) -> None:
    assert "github.event" not in (WORKFLOWS / name).read_text(encoding="utf-8")
    assert "pull_request_target" not in workflow(name)["on"]


@pytest.mark.parametrize("name", FILES)
def test_a_checkout_leaves_no_token_behind_and_every_job_has_an_end(name: str) -> None:
    checkouts = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow(name)["jobs"].values())


def test_the_tests_may_only_read() -> None:
    assert workflow("test.yml")["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow("test.yml")["jobs"].values())


def test_the_scraper_may_write_contents_in_one_job_and_nothing_else() -> None:
    scrape = workflow("scrape.yml")

    assert scrape["permissions"] == {}
    assert [job["permissions"] for job in scrape["jobs"].values()] == [{"contents": "write"}]


def test_the_scraper_runs_four_times_a_day_at_an_odd_minute_and_by_hand_but_never_for_a_change_of_code() -> None:
    triggers = workflow("scrape.yml")["on"]
    minute, hours, *days = triggers["schedule"][0]["cron"].split()

    assert triggers.keys() == {"schedule", "workflow_dispatch"}
    assert int(minute) % 2 == 1
    assert int(minute) % 5 != 0
    assert len(hours.split(",")) == 4
    assert days == ["*", "*", "*"]


def test_two_scrapes_never_overlap_and_none_is_cut_short() -> None:
    assert workflow("scrape.yml")["concurrency"]["cancel-in-progress"] is False
    assert "${{" not in workflow("scrape.yml")["concurrency"]["group"]


def test_a_scrape_that_waited_starts_from_the_branch_and_not_from_its_event() -> None:
    (checkout,) = [step for step in steps("scrape.yml") if step.get("uses", "").startswith("actions/checkout@")]

    assert checkout["with"]["ref"] == "${{ github.ref }}"


def test_the_token_is_in_the_environment_of_the_push_alone() -> None:
    holders = [
        step["name"] for step in steps("scrape.yml") if "token" in json.dumps(step).lower().replace("secrets", "")
    ]

    assert holders == ["Push the archive"]
    assert "secrets." not in (WORKFLOWS / "scrape.yml").read_text(encoding="utf-8")


def test_commands_are_stopped_wherever_words_of_pages_may_reach_the_log() -> None:
    talkative = [
        step["run"] for step in steps("scrape.yml") if re.search(r"^\s*redline ", step.get("run", ""), re.MULTILINE)
    ]

    assert len(talkative) == 2
    for command in talkative:
        assert command.index("::stop-commands::") < command.index("redline ") < command.index('"::$resume::"')


def test_every_supported_python_is_tested_and_the_first_lines_are_those_for_a_newcomer() -> None:
    jobs = workflow("test.yml")["jobs"]
    supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert jobs["test"]["strategy"]["matrix"]["python"] == supported
    assert [step["run"] for step in jobs["test"]["steps"] if "run" in step] == [
        "pip install -e .[dev]",
        "python -m pytest",
    ]


def test_only_the_job_on_the_unreleased_datasette_may_fail() -> None:
    jobs = workflow("test.yml")["jobs"]

    assert [name for name, job in jobs.items() if job.get("continue-on-error")] == ["datasette-1"]
    assert not any(step.get("continue-on-error") for name in FILES for step in steps(name))


@pytest.mark.parametrize("name", FILES)
def test_every_command_is_bash_that_parses(name: str) -> None:
    for step in steps(name):
        if "run" in step:
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
