"""One image of a run, opened from a thumbnail."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.pages.reviewed_run import look_at
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.image_dialog import ImageDialog


def open_image(
    session: Session, run_id: int, image_id: int, sentence: str, threshold: float, parent: QWidget
) -> ImageDialog | None:
    """Show an image in three panes as *run_id* sees it; None if that cannot be, which is announced."""
    image = session.images.get(image_id)
    if image is None:
        return None
    try:
        look = look_at(session.project, run_id)
    except InputError as error:
        session.failed.emit(error)
        return None
    name = printable(image.path).replace("\\", "/").rpartition("/")[2]
    words = " · ".join(part for part in (sentence, look.origin_text(image)) if part)
    dialog = ImageDialog(name, words, look.request(image), parent)
    tau = session.project.pixel_threshold(run_id) if look.maps_match else None
    dialog.show_scale(*look.scale, threshold if look.scores_are_maxima else None, tau.value if tau else None)
    dialog.open()
    return dialog
