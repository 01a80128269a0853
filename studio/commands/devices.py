"""`studio devices`: the sound devices that are there."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from studio.commands.output import print_json, print_line


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = "A monitor is an input that carries what the machine itself plays."


def run(args: argparse.Namespace) -> int:
    """List the devices."""
    from studio.audio.devices import list_devices

    devices = list_devices()
    if args.json:
        print_json([asdict(device) for device in devices])
        return 0
    for device in devices:
        mark = "*" if device.is_default else " "
        print_line(
            f"{mark} {device.kind:8} {device.label}, {device.channels} channels, "
            f"{device.sample_rate} Hz"
        )
    if not devices:
        print_line("No sound device was found. Files can be watched and classified all the same.")
    return 0
