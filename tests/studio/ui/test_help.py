import re
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from pytestqt.qtbot import QtBot

import resources
from studio.ui.help import PICTURE_WIDTH, HelpWindow

ROOT = Path(__file__).parents[3]
PAGES = sorted(path.stem for path in resources.path("help", "train.md").parent.glob("*.md"))
IMAGE = QTextDocument.ResourceType.ImageResource


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_its_pictures_and_leads_only_to_pages(
    qtbot: QtBot, page: str
) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.open_page(page)
    text = resources.path("help", f"{page}.md").read_text(encoding="utf-8")
    document = window._browser.document()
    assert document.toPlainText().startswith(text.splitlines()[0].removeprefix("# "))
    for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        image = document.resource(IMAGE.value, QUrl(name))
        assert isinstance(image, QImage)
        assert 0 < image.deviceIndependentSize().width() <= PICTURE_WIDTH
    links = re.findall(r"(?<!!)\[[^]]+\]\(([a-z_]+)\.md\)", text)
    assert set(links) <= set(PAGES)


def test_a_link_opens_its_page(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.open_page("assistant")
    window._follow(QUrl("compose.md"))
    assert window.page == "compose"
    window._follow(QUrl("https://example.org/train.md"))
    assert window.page == "compose"


@pytest.mark.parametrize("page", ["trust", "failures"])
def test_every_proof_that_a_page_names_is_there(page: str) -> None:
    text = resources.path("help", f"{page}.md").read_text(encoding="utf-8")
    proofs = re.findall(r"`(tests/[^`]+)`", text)
    assert len(proofs) > 10
    for proof in proofs:
        file, _, name = proof.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name}(" in source if name else source, proof
