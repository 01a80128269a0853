"""Trains a model in the folder that is named, its state saved after every epoch."""

import sys
from pathlib import Path

from models.training import session
from models.training.engine import train
from tests.killed_training import options

session.SAVE_EVERY_S = 0.0
train(options(Path(sys.argv[1])), lambda event: None)
