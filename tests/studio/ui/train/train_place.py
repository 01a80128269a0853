"""The place Train with all that the application gives it."""

from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.train.collect_view_model import CollectViewModel
from studio.ui.train.models_view_model import ModelsViewModel
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel


def train_panel(train: TrainViewModel, listen: ListenViewModel | None = None) -> TrainPanel:
    """The panel; its other view-models live as long as `train`."""
    models, collect = ModelsViewModel(train, train), CollectViewModel(train, listen, train)
    return TrainPanel(train, models, collect)
