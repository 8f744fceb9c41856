"""The two workflow files: what they may do, and that they do nothing else."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

yaml: Any = importlib.import_module("yaml")  # comes with Datasette; it has no types of its own

ROOT = Path(__file__).parent.parent
WORKFLOWS = ROOT / ".github" / "workflows"
FIND = ROOT / ".github" / "find-archive.sh"
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


def test_the_job_that_reads_pages_cannot_write_and_the_one_that_can_reads_none() -> None:
    scrape = workflow("scrape.yml")

    assert scrape["permissions"] == {}
    assert {name: job["permissions"] for name, job in scrape["jobs"].items()} == {
        "scrape": {"contents": "read"},
        "publish": {"contents": "write"},
    }
    assert scrape["jobs"]["publish"]["needs"] == "scrape"
    commands = "\n".join(step.get("run", "") for step in scrape["jobs"]["publish"]["steps"])
    assert not re.search(r"\b(pip|redline run|redline verify|-m scraper)\b", commands)
    assert re.findall(r"python3 (\S+)", commands + FIND.read_text(encoding="utf-8")) == ["-I"] * 3


def test_what_the_publishing_job_runs_needs_nothing_of_redline_and_nothing_that_is_installed() -> None:
    program = ROOT / "scraper" / "archive" / "succession.py"

    done = subprocess.run([sys.executable, "-I", "-S", program, "sound", "nowhere.db"], capture_output=True, text=True)

    assert done.returncode == 3
    assert "there is no nowhere.db" in done.stderr


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
    checkouts = [step for step in steps("scrape.yml") if step.get("uses", "").startswith("actions/checkout@")]

    assert [checkout["with"]["ref"] for checkout in checkouts] == ["${{ github.ref }}"] * 2


def test_the_token_is_in_the_environment_of_the_steps_that_need_it_alone() -> None:
    holders = {
        name: [
            step["name"]
            for step in job["steps"]
            if "token" in json.dumps(step.get("env", {})).lower() or "token" in json.dumps(step.get("with", {})).lower()
        ]
        for name, job in workflow("scrape.yml")["jobs"].items()
    }

    assert holders == {
        "scrape": ["Find the last archive"],
        "publish": [
            "Find the last archive",
            "Upload the archive as an asset",
            "Push",
            "Remove assets of the weeks before",
        ],
    }
    assert "secrets." not in (WORKFLOWS / "scrape.yml").read_text(encoding="utf-8")


def test_an_asset_is_never_overwritten_and_the_pointer_moves_after_it_came_back() -> None:
    commands = [step.get("run", "") for step in workflow("scrape.yml")["jobs"]["publish"]["steps"]]
    (upload,) = [command for command in commands if "gh release upload" in command]

    assert "--clobber" not in "".join(commands)
    order = ["gh release upload", "gh release download", "sha256sum --check", "> archive.pointer"]
    assert sorted(order, key=upload.index) == order
    assert [at for at, command in enumerate(commands) if "git push" in command] < [
        at for at, command in enumerate(commands) if "delete-asset" in command
    ]


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


def test_the_script_that_both_jobs_begin_with_parses_and_may_be_executed() -> None:
    subprocess.run(["bash", "-n", FIND], check=True)
    assert FIND.stat().st_mode & 0o111
