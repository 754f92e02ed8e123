"""The keys of the Review page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_gui.evaluation.misses import REASONS
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.verdict_panel import TYPES_WITH_KEYS

if TYPE_CHECKING:
    from anomaly_gui.ui.pages.review import ReviewPage


BAR = (
    (("previous-image", "next-image"), "previous, next"),
    (("confirm",), "confirm, go on"),
    (("good",), "good"),
    (("defective",), "defective"),
    (tuple(f"type-{digit}" for digit in range(1, TYPES_WITH_KEYS + 1)), "type"),
    (("unsure",), "unsure"),
    (("skip",), "skip"),
    (("leave-out",), "leave out"),
    (("comment",), "comment"),
    (("back",), "back"),
    (("next-unreviewed",), "next open"),
    (("queue",), "queue"),
    (("catch",), "catch this one"),
    (("threshold-back",), "threshold back"),
    (("review-threshold-lower", "review-threshold-higher"), "threshold"),
    (tuple(f"reason-{digit}" for digit in range(1, len(REASONS) + 1)), "why"),
    (("worst-spot",), "worst spot"),
    (("blink",), "blink"),
    (("overlay",), "overlay"),
    (("mask",), "mask"),
    (("error-view",), "error map"),
    (("hide-all",), "hide all"),
    (("fit", "full-size"), "fit, 1:1"),
    (("undo",), "undo"),
)
"""What the bar at the page's bottom names: actions, and what they do in a word."""
_HELD = ("blink", "hide-all")


def add_review_actions(actions: Actions, page: ReviewPage) -> None:
    """Register everything that can be done on the page."""
    triptych, judging, walking, chooser = page.view.triptych, page.judging, page.walking, page.view.chooser
    for name, text, keys, slot in (
        ("next-image", "Next image", ["Right", "D"], walking.go_on),
        ("previous-image", "Previous image", ["Left", "A"], walking.show_previous),
        ("next-unreviewed", "Next unreviewed image", ["N"], walking.show_next_unreviewed),
        ("previous-unreviewed", "Previous unreviewed image", ["Shift+N"], walking.show_previous_unreviewed),
        ("confirm", "Confirm what is said of the image and go on", ["Return", "Enter", "Space"], page.confirm),
        ("back", "Back to the last verdict", ["Backspace"], walking.show_last_judged),
        ("good", "The part is good", ["G"], judging.judge_good),
        ("defective", "The part is defective", ["X"], judging.judge_defective),
        ("unsure", "Unsure", ["U"], judging.judge_unsure),
        ("skip", "Skip the image for now", ["S"], judging.skip),
        ("leave-out", "Leave the image out, or put it back", ["Del"], judging.toggle_exclusion),
        ("queue", "Choose another queue", ["Q"], chooser.open_queues),
        ("queue-order", "The queue in its next order", ["Shift+Q"], chooser.choose_next_order),
        ("queue-anew", "Start the queue anew", ["Ctrl+R"], page.start_anew),
        ("train-again", "Train again with what was corrected", ["Ctrl+T"], page.retraining.start_if_corrected),
        ("go-on", "Go on after each verdict, or stay", ["Shift+G"], page.view.go_on.toggle),
        ("comment", "Write a comment", ["C"], judging.write_comment),
        ("blink", "Blink original and reconstruction (hold)", ["Z"], page.blink.press),
        ("hide-all", "Hide all that lies on the image (hold)", ["H"], page.hide_all.press),
        ("overlay", "Error map over the original", ["O"], triptych.toggle_overlay),
        ("mask", "Outline of the mask", ["M"], triptych.toggle_mask),
        ("error-view", "Error map alone", ["E"], triptych.toggle_error_view),
        ("worst-spot", "To the worst spot, then the next worst region", ["J"], triptych.show_next_worst),
        ("previous-worst", "To the worse region before", ["Shift+J"], triptych.show_previous_worst),
        ("contour", "Contour of what lies above the threshold", ["K"], triptych.toggle_contour),
        ("own-scale", "Scale the colours of this image alone", ["Shift+E"], triptych.toggle_own_scale),
        ("fit", "Fit the image", ["F"], triptych.fit),
        ("full-size", "One image pixel for each screen pixel", ["0"], triptych.show_full_size),
        ("zoom-in", "Zoom in", ["+", "="], triptych.zoom_in),
        ("zoom-out", "Zoom out", ["-"], triptych.zoom_out),
    ):
        actions.add(name, text, keys, slot, page.name, held=name in _HELD)
    for digit in range(1, TYPES_WITH_KEYS + 1):
        actions.add(f"type-{digit}", f"Defective, of type {digit}", [str(digit)], judging.type_judge(digit), page.name)
    page.why.add_actions(actions, page.name)
    page.catching.add_actions(actions, page.name)
    for name in ("next-image", "previous-image", "zoom-in", "zoom-out"):
        # These do no harm when a key is held down.
        actions.action(name).setAutoRepeat(True)
    page.view.follow_keys(actions, BAR)
