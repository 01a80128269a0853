"""`studio worker`: the inference process. The window starts it; people have no use for it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = "Speaks models.protocol on stdin and stdout and ends when stdin is closed."


def run(args: argparse.Namespace) -> int:
    """Serve until the other side closes the pipe."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the window
    # What libraries print must not end up between two messages: it goes to stderr instead.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from models.serve import serve

    serve(sys.stdin.buffer, messages)
    sys.stderr.flush()
    os._exit(0)  # the libraries would take half a second to tidy up what nobody needs any more
