from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.models.image_list import ImageList, ImageRole
from tests.ui.widgets.sample_images import DEFECT, image


def test_rows_that_go_leave_the_others_in_place(qtbot: QtBot) -> None:
    model = ImageList()
    model.set_images([image(n) for n in range(6)])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignals([model.rowsRemoved, model.rowsRemoved]):
        assert model.set_images([image(n) for n in (0, 2, 3, 5)])
    assert model.ids == [0, 2, 3, 5]
    assert [model.row_of(n) for n in (0, 1, 2, 5)] == [0, None, 1, 3]


def test_rows_that_come_are_put_where_they_belong(qtbot: QtBot) -> None:
    model = ImageList()
    model.set_images([image(n) for n in (1, 4)])
    with qtbot.assertNotEmitted(model.modelReset):
        assert model.set_images([image(n) for n in range(6)])
    assert [model.data(model.index(row), ImageRole.IMAGE) for row in range(6)] == [image(n) for n in range(6)]


def test_another_order_is_drawn_anew(qtbot: QtBot) -> None:
    model = ImageList()
    model.set_images([image(1), image(2)])
    with qtbot.waitSignal(model.modelReset):
        assert not model.set_images([image(2), image(1)])
    assert model.ids == [2, 1]


def test_a_new_label_changes_its_row_alone(qtbot: QtBot) -> None:
    model = ImageList()
    model.set_images([image(n) for n in range(3)])
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_images([image(0), image(1, DEFECT, path=image(1).path), image(2)])
    assert changed.args[0].row() == changed.args[1].row() == 1
    assert model.image(1).label == DEFECT
