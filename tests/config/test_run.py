"""``make run``: what it starts, and what it says when it cannot."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import embedded, run

BASE_DIR = Path(__file__).resolve().parents[2]


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program for real, in a data folder of its own, where it is expected to give up by itself."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-m", "config.run"],
        cwd=BASE_DIR,
        env={**kept, "VAR": str(tmp_path / "var"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_what_to_do(tmp_path, taken_port):
    tried = start(tmp_path, PORT=str(taken_port))

    assert tried.returncode == 1
    assert tried.stderr.splitlines() == [
        f"Port {taken_port} is taken.",
        f"Choose another one: make run PORT={taken_port + 10}",
    ]


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(tmp_path, port):
    tried = start(tmp_path, PORT=port)

    assert (tried.returncode, tried.stderr.splitlines()[0]) == (1, f"{port} is no port.")


def test_a_data_folder_in_use_is_named_with_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "PATIENCE", 0)
    monkeypatch.setenv("VAR", str(tmp_path))
    with (tmp_path / "run.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        status = run.run()

    assert status == 1
    assert capsys.readouterr().err.splitlines() == [
        f"Another forum is running with the data folder {tmp_path}.",
        "Stop it first, or choose another folder: make run VAR=var/second PORT=8010",
    ]


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")

    tried = start(tmp_path)

    assert tried.returncode == 1
    assert tried.stderr.startswith(f"The data folder {tmp_path}/var cannot be written: ")


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path, taken_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    tried = start(tmp_path, PORT=str(free), DATABASE_URL=f"postgres://forum:very-secret@127.0.0.1:{free}/forum")

    assert tried.returncode == 1
    assert tried.stderr.startswith("The database does not answer: ")
    assert "Check DATABASE_URL" in tried.stderr
    assert "Traceback" not in tried.stderr
    assert "very-secret" not in tried.stdout + tried.stderr


def test_every_process_has_its_command(monkeypatch):
    monkeypatch.setenv("VAR", "/srv/forum")
    monkeypatch.setenv("WEB_WORKERS", "3")

    commands = run.commands(8000, 8001, 1025)

    assert commands.keys() == {"web", "live", "worker", "beat", "mailbox"}
    assert "-m config.pages " in commands["web"]
    assert "--port 8000 --workers 3" in commands["web"]
    assert "--interface asgi" in commands["live"]
    assert "--port 8001 --workers 1" in commands["live"]
    assert "/srv/forum/beat-schedule" in commands["beat"]
    assert "--port 1025" in commands["mailbox"]


def test_where_mail_leaves_there_is_no_mailbox(monkeypatch):
    monkeypatch.setenv("VAR", "/srv/forum")

    assert "mailbox" not in run.commands(8000, 8001, None)


# --- The embedded PostgreSQL ---------------------------------------------------------------------------

PID_FILE = "{pid}\n{folder}\n1795247979\n5432\n{folder}\n\n  1048577 0\nready   \n"


def test_what_a_killed_server_left_behind_is_removed(tmp_path):
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = tmp_path / "postmaster.pid"
    left.write_text(PID_FILE.format(pid=int(gone.stdout), folder=tmp_path))

    embedded._await_or_forget(tmp_path)

    assert not left.exists()


def test_the_number_of_a_killed_server_may_belong_to_another_process_now(tmp_path):
    left = tmp_path / "postmaster.pid"
    left.write_text(PID_FILE.format(pid=os.getpid(), folder=tmp_path))

    embedded._await_or_forget(tmp_path)

    assert not left.exists()


@pytest.mark.parametrize("written", ["", "12", "not a number\n"])
def test_a_torn_file_of_a_killed_server_is_removed(tmp_path, written):
    left = tmp_path / "postmaster.pid"
    left.write_text(written.replace("12", "999999999"))

    embedded._await_or_forget(tmp_path)

    assert not left.exists()


def test_a_server_that_runs_is_joined(tmp_path):
    left = tmp_path / "postmaster.pid"
    waits = [sys.executable, "-c", "import time; time.sleep(60)", "-D", str(tmp_path)]
    with subprocess.Popen(waits) as process:
        left.write_text(PID_FILE.format(pid=process.pid, folder=tmp_path))
        embedded._await_or_forget(tmp_path)
        process.kill()

    assert left.exists()
