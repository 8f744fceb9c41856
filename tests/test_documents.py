"""Documents that are no HTML, the whole way: a server, the command, and the archive in Datasette."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from scraper.cli import main
from tests.datasette_plugin.served import read, serve
from tests.normalizing.pdf_files import set_pages, write_pdf
from tests.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = "The department says that the outer channel costs 48 million crowns, and that ferries keep to their timetable."
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><entry><title>Notice</title>'
    f"<content>{REPORT}</content></entry></feed>"
)
BODIES: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", write_pdf(set_pages(["# Annual report", REPORT]))),
    "json": ("application/json", f'{{"report": "{REPORT}"}}'.encode()),
    "atom": ("application/atom+xml", ATOM.encode()),
    "csv": ("text/csv", f'Year,Report\n2025,"{REPORT}"\n'.encode()),
    "md": ("text/markdown", f"# Annual report\n\n{REPORT}\n".encode()),
    "xml": ("application/xml", f"<report><p>{REPORT}</p></report>".encode()),
}
NEW = REPORT.replace("48 million", "60 million")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Scripted]:
    with Scripted() as served:
        lines = ["[fetch]", "delay = 0", "robots = false", 'allow_private = ["127.0.0.0/8"]']
        for name in [*BODIES, "image"]:
            lines += ["[[source]]", f'id = "{name}"', f'url = "{served.url("/" + name)}"']
        (tmp_path / "sources.toml").write_text("\n".join(lines))
        served.pages["/image"] = 200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + bytes(99)
        publish(served, b"48 million")
        yield served


def publish(site: Scripted, cost: bytes) -> None:
    for name, (kind, body) in BODIES.items():
        if name == "pdf":
            body = write_pdf(set_pages(["# Annual report", REPORT.replace("48 million", cost.decode())]))
        site.pages[f"/{name}"] = 200, {"Content-Type": kind}, body.replace(b"48 million", cost)


def redline(tmp_path: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, [*arguments, "--db", str(tmp_path / "archive.db")])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_every_kind_is_kept_compared_shown_and_found(site: Scripted, tmp_path: Path) -> None:
    redline(tmp_path, "run", "--all")
    publish(site, b"60 million")
    redline(tmp_path, "run", "--all")
    served = serve(tmp_path / "archive.db")

    edits = served.rows("/archive/edits.json?_sort=change_id")
    assert [edit["op"] for edit in edits] == ["edit"] * len(BODIES)
    assert all(NEW in edit["new_text"] and REPORT in edit["old_text"] for edit in edits)
    for name in BODIES:
        assert NEW in " ".join(redline(tmp_path, "show", name).stdout.split())
        assert NEW in " ".join(read(served.page(f"/-/redline/archive/{name}/2")).split())
    found = redline(tmp_path, "search", "60 million crowns").stdout
    assert all(name in found for name in BODIES)
    assert redline(tmp_path, "verify").exit_code == 0
    assert "nothing would change" in redline(tmp_path, "rebuild", "--dry-run").stdout


def test_what_is_not_read_is_said_once_and_does_not_fail_every_run(site: Scripted, tmp_path: Path) -> None:
    first, second = (redline(tmp_path, "run", "--all") for _ in range(2))

    assert (first.exit_code, first.stderr.count("image/png is not read")) == (1, 1)
    assert (second.exit_code, second.stderr.count("image/png is not read")) == (0, 0)
    assert "1 unsupported" in second.stdout
    status = redline(tmp_path, "status")
    assert (status.exit_code, "0 failing" in status.stdout) == (0, True)
    assert "unsupported" in status.stdout
