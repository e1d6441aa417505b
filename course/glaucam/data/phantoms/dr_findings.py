"""All that retinopathy has left in an eye, each kind from a random stream of its own.

So lesion number i of a kind is the same at every visit: with more of them, those there were stay.
"""

from __future__ import annotations

from dataclasses import dataclass

from glaucam.data.phantoms.dr_ground import draw_ground
from glaucam.data.phantoms.dr_plan import Plan, draw_plan
from glaucam.data.phantoms.dr_spots import (
    Spot,
    haemorrhages,
    hard_exudates,
    microaneurysms,
    preretinal,
    soft_exudates,
)
from glaucam.data.phantoms.dr_vessels import beaded, elsewhere, irma, on_disc
from glaucam.data.phantoms.eye import RETINOPATHY, Eye, stream
from glaucam.data.phantoms.vessels import Vessel

_GROWTH = 0.4  # of the number of red lesions between visits, at most


@dataclass(frozen=True)
class Findings:
    """``spots`` and ``webs`` (of fine vessels) by kind; ``vessels``: those of the eye, beaded where
    it has that; ``beading``: the stretches where it does; ``plan``: the numbers asked for.
    """

    spots: dict[str, tuple[Spot, ...]]
    webs: dict[str, tuple[Vessel, ...]]
    vessels: list[Vessel]
    beading: list[Vessel]
    plan: Plan

    def counts(self) -> dict[str, int]:
        """Kind → how many: spots, fronds of new vessels, IRMA, beaded quadrants."""
        plan = self.plan
        return {kind: len(spots) for kind, spots in self.spots.items()} | {
            "new_vessel": plan.on_disc + plan.elsewhere,
            "irma": plan.irma,
            "beading": plan.beaded,
        }


def draw_findings(seed: int, eye: Eye, grade: int, vessels: list[Vessel]) -> Findings:
    """Of an eye of ``grade`` with these ``vessels``, at its visit."""
    rngs = [stream(seed, eye.number, RETINOPATHY, kind) for kind in range(1, 11)]
    growth = 1 + _GROWTH * rngs[0].random() * eye.visit
    plan = draw_plan(rngs[1], grade, growth)
    ground = draw_ground(rngs[2], eye)
    red = haemorrhages(rngs[3], ground, plan.haemorrhages)
    blood = preretinal(rngs[4], ground, plan.preretinal)
    spots = {
        "soft_exudate": tuple(soft_exudates(rngs[5], ground, plan.soft_exudates)),
        "hard_exudate": tuple(hard_exudates(rngs[6], ground, plan.clusters)),
        "microaneurysm": tuple(microaneurysms(rngs[7], ground, plan.microaneurysms)),
        "haemorrhage": (*red, *blood),
    }
    fronds = (*on_disc(rngs[8], ground, plan.on_disc), *elsewhere(rngs[8], ground, plan.elsewhere))
    webs = {"irma": tuple(irma(rngs[9], ground, plan.irma)), "new_vessel": fronds}
    changed, beading = beaded(vessels, ground, plan.beaded)
    return Findings(spots, webs, changed, beading, plan)
