"""`studio doctor`: what is wrong on this machine and how to mend it."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from studio.commands.finding import Finding
from studio.commands.output import print_json, print_line
from studio.errors import StudioError

LIBRARIES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "sounddevice",
    "soundfile",
    "soxr",
    "tinysoundfont",
    "mido",
    "python-rtmidi",
    "symusic",
    "torch",
    "onnxruntime",
    "lightning-fabric",
)
FREE_DISK_GB = 1.0  # a training run with its checkpoints stays far below


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = "Exit status 0 if nothing is wrong, else 1."


def run(args: argparse.Namespace) -> int:
    """Look at everything that Studio needs and print what was found."""
    findings = [check() for check in CHECKS]
    is_well = all(finding.ok for finding in findings)
    if args.json:
        print_json({"ok": is_well, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print_line(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {finding.detail}")
            if finding.remedy:
                print_line(f"     -> {finding.remedy}")
    return 0 if is_well else 1


def _python() -> Finding:
    is_known = (3, 11) <= sys.version_info[:2] < (3, 13)
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", is_known, detail, "" if is_known else "Use Python 3.11 or 3.12.")


def _libraries() -> Finding:
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    remedy = f"Install again: pip install {' '.join(missing)}" if missing else ""
    return Finding("libraries", not missing, ", ".join(found), remedy)


def _sound() -> Finding:
    from studio.audio.devices import sound_library

    try:
        sounddevice = sound_library()
    except StudioError as error:
        remedy = "Install PortAudio (Debian, Ubuntu: apt install libportaudio2)."
        return Finding("sound", False, f"PortAudio can't be used: {error}", remedy)
    try:
        devices = list(sounddevice.query_devices())
    except sounddevice.PortAudioError as error:
        remedy = "Restart the sound server of this machine, then look again."
        return Finding("sound", False, f"PortAudio finds no devices: {error}", remedy)
    inputs = sum(device["max_input_channels"] > 0 for device in devices)
    outputs = sum(device["max_output_channels"] > 0 for device in devices)
    drivers = ", ".join(api["name"] for api in sounddevice.query_hostapis()) or "no driver"
    remedy = "" if inputs else "No input is needed for files; for live sound, plug one in."
    return Finding("sound", True, f"{inputs} inputs, {outputs} outputs by {drivers}", remedy)


def _display() -> Finding:
    from studio.commands.open_window import needs_display

    if needs_display():
        return Finding("display", True, "none", "'studio tour --out DIR' works without one.")
    chosen = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or "the platform's own"
    return Finding("display", True, chosen)


def _soundfont() -> Finding:
    from studio.audio.soundfont import default_soundfont
    from studio.audio.synth import Synth

    path = default_soundfont()
    try:
        Synth(path)
    except StudioError as error:
        return Finding("SoundFont", False, str(error), "Put another SoundFont in its place.")
    return Finding("SoundFont", True, f"{path.name}, {path.stat().st_size / 1e6:.1f} MB")


def _models() -> Finding:
    from studio.training.registry import list_models

    try:
        entries = list_models(check_hash=True)
    except OSError as error:
        return Finding("models", False, str(error), "See the folders below.")
    broken = [f"{entry.folder.name}: {entry.error}" for entry in entries if entry.error]
    names = ", ".join(entry.folder.name for entry in entries if not entry.error)
    remedy = "Delete or replace the folders named here." if broken else ""
    return Finding("models", not broken and bool(entries), "; ".join([names, *broken]), remedy)


def _accelerator() -> Finding:
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        return Finding("accelerator", True, str(torch.cuda.get_device_name(0)))
    if torch.backends.mps.is_available():
        return Finding("accelerator", True, "Apple GPU")
    detail = f"none; {os.cpu_count()} CPU cores"
    if shutil.which("nvidia-smi"):
        remedy = "This torch can't use the NVIDIA card: install its CUDA build and a driver."
        return Finding("accelerator", True, detail, remedy)
    return Finding("accelerator", True, detail)


def _microphone() -> Finding:
    from studio.commands.doctor_sound import microphone

    return microphone()


def _midi() -> Finding:
    from studio.commands.doctor_sound import midi

    return midi()


def _folders() -> Finding:
    from studio.settings import cache_dir, data_dir, state_dir

    try:
        folders = [data_dir(), state_dir(), cache_dir()]
    except OSError as error:
        remedy = "Make it writable, or set STUDIO_HOME to a folder that is."
        return Finding("folders", False, str(error), remedy)
    locked = [str(folder) for folder in folders if not os.access(folder, os.W_OK)]
    free_gb = shutil.disk_usage(folders[0]).free / 1e9
    remedy = "Make them writable, or set STUDIO_HOME." if locked else ""
    if free_gb < FREE_DISK_GB:
        remedy = f"Free some disk: {FREE_DISK_GB} GB is wanted for training."
    is_well = not locked and free_gb >= FREE_DISK_GB
    return Finding("folders", is_well, f"{folders[0]}, {free_gb:.1f} GB free", remedy)


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _libraries,
    _sound,
    _microphone,
    _midi,
    _display,
    _soundfont,
    _models,
    _accelerator,
    _folders,
)
