"""The command that opens the workbench on a store."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dragoman.cli_store import existing
from dragoman.errors import UsageError

PORT = 8765
"""Where the workbench listens if not told otherwise."""


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(serve)


def serve(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store made with `dragoman code --store`.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but this machine's own needs the token printed at the start.")
    ] = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Take all writing away.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Open the box for questions in SQL; they can only read.")] = False,
) -> None:
    """Open the workbench: read, check, correct and explore a store in a browser."""
    existing(store)
    uvicorn = _uvicorn()
    from dragoman.web.app import create_app
    from dragoman.web.safety import is_local, new_token

    token = None if is_local(host) else new_token()
    listening = _listening(host, port)
    app = create_app(store, read_only=read_only, token=token, host=host, sql=sql, warm=True)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=30, server_header=False)
    server = uvicorn.Server(config)
    _run(server, listening, token)


def _uvicorn() -> Any:
    """Raises `UsageError` where what the workbench needs isn't installed."""
    try:
        import fastapi  # noqa: F401
        import jinja2  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise UsageError(
            f"the workbench needs {error.name}, which is not installed; install it with `pip install 'dragoman[serve]'`"
        ) from None
    return uvicorn


def _listening(host: str, port: int) -> socket.socket:
    """The port, held open. Raises `UsageError` where it can't be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        opened = socket.create_server((host.strip("[]"), port), family=family, backlog=256)
        # Else the kernel holds a small answer back until the one before is acknowledged: 40 ms.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened
    except OSError as error:
        raise UsageError(
            f"can't listen on port {port} of {host} ({error.strerror or error}); give another one with --port or --host"
        ) from None


def _run(server: Any, listening: socket.socket, token: str | None) -> None:
    """Serves until interrupted; says where once all is ready."""
    import asyncio
    import contextlib

    async def tell() -> None:
        while not server.started and not server.should_exit:
            await asyncio.sleep(0.02)
        if server.started:
            host, port = listening.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"The workbench is at http://{shown}:{port}/ (Ctrl-C ends it)", file=sys.stderr)
            if token is not None:
                print(f"Token, printed this once: {token}", file=sys.stderr)
            sys.stderr.flush()

    async def both() -> None:
        await asyncio.gather(server.serve(sockets=[listening]), tell())

    with contextlib.suppress(KeyboardInterrupt), listening:
        asyncio.run(both())
