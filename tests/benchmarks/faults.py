"""A fault campaign: kill the program at random moments, do it other harm, and look for anything committed that is gone.

    python -m tests.benchmarks.faults --kills N [--times T] [--seed S] [--minutes M]

The kills (SIGKILL, which no program can catch) fall on `redline run` against a site on loopback, on `redline rebuild`
where every source has to be derived again, on the migration of an archive of the first schema, on `redline redact`, on
`redline verify --repair` of damaged archives, and on the making of a new archive. Each moment is drawn at random over
the time that the command takes when it is left alone. After each kill the archive is opened, by a reader and by the
next writer, and verified; a redaction that began is finished, and a repair goes on. Every other harm (`mishaps`) is
done T times.

* lost rows: observations that were stored before, or that the killed run had said were stored, and are not there;
* unread, unopened: archives that a reader, or the next writer, could not open;
* findings: archives that `redline verify` finds fault with.

All of these must be 0, else the exit code is 1. `kept` counts the rows that had to be there and were looked for;
`spared` counts commands that ended before their moment came, or harm that touched nothing. `left` counts damaged files
of which not all could be proven, even with a second copy: they are named and left to the letter.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import mishaps
from tests.benchmarks.campaign import CONTEXT, WARM, Campaign
from tests.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.campaign import Tally


def _report(tallies: Mapping[str, Tally]) -> bool:
    """Print the table; True where nothing was lost."""
    names = ("times", "spared", "kept", "lost", "unread", "unopened", "findings", "left")
    print(f"{'':<28}", *(f"{name:>9}" for name in names))
    for what, tally in tallies.items():
        print(f"{what:<28}", *(f"{getattr(tally, name):>9,}" for name in names))
    for tally in tallies.values():
        for line in tally.told[:5]:
            print(line)
    return all(tally.sound for tally in tallies.values())


def main() -> None:
    """Run the campaign and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60, help="kills in all, a sixth for each command")
    parser.add_argument("--times", type=int, default=20, help="how often every other harm is done")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop after this long, however many kills that made")
    given = parser.parse_args()
    CONTEXT.set_forkserver_preload(WARM)
    minutes, start = given.minutes, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="redline-faults-") as folder, Scripted() as site:
        campaign = Campaign(Path(folder), site, given.seed)
        try:
            _all(campaign, given.kills, given.times, minutes, start)
        finally:
            sound = _report(campaign.tallies)
        sys.exit(0 if sound else 1)


def _all(campaign: Campaign, kills: int, times: int, minutes: float, start: float) -> None:
    each = -(-kills // 6)
    campaign.of_making(each, start + 60 * minutes * 0.1)
    for number, name in enumerate(("rebuild", "migration", "redaction", "repair"), start=2):
        campaign.of_command(name, each, start + 60 * minutes * 0.12 * number)
    campaign.of_run(kills - 5 * each, start + 60 * minutes * 0.8)
    mishaps.happen(campaign, times, start + 60 * minutes)


if __name__ == "__main__":
    main()
