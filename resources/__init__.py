"""What ships with the application: models, demo music, the SoundFont and the help pages."""

from pathlib import Path


def path(*parts: str) -> Path:
    """The path of a shipped resource, inside the wheel as inside the checkout."""
    return Path(__file__).parent.joinpath(*parts)
