"""A workbench on a port of its own, in a thread, and the browser to look at it with."""

import os
import shutil
import socket
import threading
import time


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def chromium():
    """Where a Chromium is: `DRAGOMAN_CHROMIUM`, else one on the path; None where there is none."""
    given = os.environ.get("DRAGOMAN_CHROMIUM")
    found = [given] if given else [shutil.which(n) for n in ("chromium", "chromium-browser", "google-chrome")]
    return next((f for f in found if f), None)


class Served:
    """A workbench in a thread."""

    def __init__(self, store, **options):
        import uvicorn

        from dragoman.web.app import create_app

        port = free_port()
        config = uvicorn.Config(create_app(store, **options), host="127.0.0.1", port=port, log_level="error")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        for _ in range(600):
            if self.server.started:
                break
            time.sleep(0.05)
        self.base = f"http://127.0.0.1:{port}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join(timeout=20)
