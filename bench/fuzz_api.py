"""Asks the interface all that its description allows, and much that it doesn't: `python bench/fuzz_api.py [EXAMPLES]`.

Schemathesis reads `/api/v1/openapi.json` of a server with a small store and makes up requests for every operation; it has an
environment of its own (`build/fuzz`), since it brings a hundred megabytes. What counts is that no answer is a fault of the
server (5xx); that answers have the shapes described is checked too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.retold import series
from tests.served import free_port

from dragoman.linking import link_store
from dragoman.store import writing

HOME = Path(__file__).parent.parent / "build" / "fuzz"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def tool() -> Path:
    """Schemathesis, installed where it is missing."""
    found = HOME / "bin" / "schemathesis"
    if not found.exists():
        venv.create(HOME, with_pip=True)
        subprocess.run([HOME / "bin" / "python", "-m", "pip", "install", "--quiet", "schemathesis>=4"], check=True)
    return found


def main() -> None:
    """Exits with the number of kinds of failures, as Schemathesis does."""
    examples = sys.argv[1] if len(sys.argv) > 1 else "50"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.duckdb"
        with writing(path) as store:
            store.put(series())
            link_store(store)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        server = subprocess.Popen(
            [sys.executable, "-m", "dragoman.cli", "serve", str(path), "--port", str(port), "--sql"]
        )
        try:
            wait(base)
            command = [
                str(tool()),
                "run",
                f"{base}/api/v1/openapi.json",
                "--checks",
                CHECKS,
                "--max-examples",
                examples,
            ]
            code = subprocess.run([*command, "--seed", "7", "--workers", "2", "--continue-on-failure"]).returncode
        finally:
            server.terminate()
            server.wait(20)
    raise SystemExit(code)


def wait(base: str) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base}/api/v1", timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not start")


if __name__ == "__main__":
    main()
