"""`redline serve`: Datasette on an archive with the right settings, on either of its lines."""

from __future__ import annotations

import contextlib
import errno
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from scraper.archive.opening import open_for_reading
from scraper.datasette_plugin.describe import SETTINGS, write
from scraper.errors import UsageError
from scraper.terminal.prose import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_PORTS_TRIED = 20
_TAKEN = errno.EADDRINUSE
_PATIENCE = 5  # seconds that the server has to end by itself


def serve(
    db: Path, *, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False, immutable: bool = False
) -> int:
    """Serve an archive until Ctrl-C; give the exit code.

    metadata.json and datasette.yaml beside the archive are used where they describe it, otherwise they are made for
    the time being. Where the port is taken the next free one is. `immutable` is the promise that nobody writes to the
    file meanwhile: its tables are counted once, and it may be downloaded. A UsageError or ArchiveError says what is
    wrong.
    """
    open_for_reading(db).close()
    free = free_port(host, port)
    with tempfile.TemporaryDirectory(prefix="redline-serve-") as folder:
        metadata, config = described(db, Path(folder))
        counted = inspected(db, Path(folder)) if immutable else None
        line = command(db, metadata, config, host=host, port=free, counted=counted)
        click.echo(f"Redline shows {db} at {address(host, free)} (Ctrl-C ends)")
        return _run([*line, "--open"] if open_browser else line)


def command(db: Path, metadata: Path, config: Path, *, host: str, port: int, counted: Path | None = None) -> list[str]:
    """The command line of Datasette for an archive. 0.65 takes settings on it alone, 1.0 from the configuration too.

    With the counts of its tables (see `inspected`), it is served as a file that does not change.
    """
    line = [sys.executable, "-m", "datasette", "serve"]
    line += ["--immutable", str(db), "--inspect-file", str(counted)] if counted else [str(db)]
    line += ["--host", host, "--port", str(port)]
    line += ["--metadata", str(metadata)]
    own: dict[str, Any] = {}
    if not version("datasette").startswith("0."):
        line += ["--config", str(config)]
        own = _read(config).get("settings") or {}
    for name, value in SETTINGS.items():
        if name not in own:
            line += ["--setting", name, str(int(value))]
    return line


def inspected(db: Path, folder: Path) -> Path:
    """What `datasette inspect` counts of an archive: inspect-data.json beside it where it fits, or anew in `folder`.

    Without it Datasette counts every table of an unchanging file when its page is first asked for.
    """
    beside = db.resolve().parent / "inspect-data.json"
    if beside.is_file():
        said = _read(beside).get(db.stem)
        if isinstance(said, dict) and said.get("size") == db.stat().st_size:
            return beside
    counted = folder / "inspect-data.json"
    line = [sys.executable, "-m", "datasette", "inspect", str(db), "--inspect-file", str(counted)]
    done = subprocess.run(line, capture_output=True, text=True, errors="replace")
    if done.returncode:
        reason = clean((done.stderr.strip().splitlines() or ["no reason given"])[-1])
        raise UsageError(f"{db} cannot be inspected: {reason}; serve it without --immutable")
    return counted


def described(db: Path, folder: Path) -> tuple[Path, Path]:
    """metadata.json and datasette.yaml for an archive: those beside it that speak of it, or new ones in `folder`."""
    made = write(folder, db.stem)
    beside = [db.resolve().parent / path.name for path in made]
    metadata, config = (
        near if near.is_file() and db.stem in (_read(near).get("databases") or {}) else new
        for near, new in zip(beside, made, strict=True)
    )
    return metadata, config


def free_port(host: str, port: int) -> int:
    """The port, or the next free one after it; UsageError where there is none or the host is not ours."""
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            family = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As the server itself does: a port in TIME_WAIT is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, candidate))
                return int(probe.getsockname()[1])  # asked for port 0, the system chooses
        except PermissionError:
            raise UsageError(f"port {candidate} needs rights that you do not have: try --port 8001") from None
        except socket.gaierror:
            raise UsageError(f"{host} is no address of this machine: try --host 127.0.0.1") from None
        except OSError as error:
            if error.errno != _TAKEN:
                raise UsageError(f"cannot listen on {host}: {error.strerror}; try --host 127.0.0.1") from None
    raise UsageError(f"the ports {port} to {candidate} are all taken: name another with --port")


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    shown = "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host  # noqa: S104  # shown, not bound
    return f"http://{shown}:{port}/"


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        loaded = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"{path} cannot be read: {reason}; mend it or move it away") from None
    return loaded if isinstance(loaded, dict) else {}


def _run(line: list[str]) -> int:
    """Run the server in a session of its own, so that Ctrl-C comes to us alone and we end it in good order."""
    child = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True
    )
    pump = threading.Thread(target=_pass_on, args=(child,), daemon=True)
    pump.start()
    try:
        with _ending_on_terminate():
            code = child.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(child)
    pump.join(_PATIENCE)
    if code:
        raise UsageError(f"Datasette ended by itself with code {code}: its own words are above")
    return 0


def _pass_on(child: subprocess.Popen[str]) -> None:
    """Show what the server says but for its chatter of starts and requests (it writes to both channels)."""
    assert child.stdout is not None
    for said in child.stdout:
        if not said.startswith("INFO:"):
            click.echo(clean(said.rstrip("\r\n")), err=True)  # an error may quote what a page said


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def _ending_on_terminate() -> Iterator[None]:
    """Being terminated ends the server too: a service manager sends SIGTERM, not Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
