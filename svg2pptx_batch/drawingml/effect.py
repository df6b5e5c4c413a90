"""Effects: `a:effectLst`."""

from __future__ import annotations

import math

from svg2pptx_batch.drawingml.emu import angle, emu
from svg2pptx_batch.drawingml.fill import color_xml
from svg2pptx_batch.scene.effects import Effect, OuterShadow


def effects_xml(effects: tuple[Effect, ...]) -> str:
    """Return `a:effectLst`, nothing for no effects.

    Args:
        effects: Legal: one of each kind.
    """
    if not effects:
        return ""
    inside = "".join(map(_shadow_xml, effects))
    return f"<a:effectLst>{inside}</a:effectLst>"


def _shadow_xml(shadow: OuterShadow) -> str:
    distance = emu(math.hypot(shadow.dx, shadow.dy))
    direction = angle(math.degrees(math.atan2(shadow.dy, shadow.dx))) if distance else 0
    return (
        f'<a:outerShdw blurRad="{emu(shadow.radius)}" dist="{distance}" dir="{direction}" '
        f'algn="ctr" rotWithShape="0">{color_xml(shadow.color)}</a:outerShdw>'
    )
