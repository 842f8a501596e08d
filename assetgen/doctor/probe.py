"""doctor --probe: one small paid image, to see whether a route works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.doctor.notes import Note, Urgency, problem
from assetgen.errors import AssetgenError
from assetgen.fs.lock import locked
from assetgen.generate.buyer import Buyer
from assetgen.image import decode
from assetgen.manifest import parse
from assetgen.plan import estimates
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action
from assetgen.plan.intent import wish
from assetgen.plan.routing import Job, job_for
from assetgen.plan.workspace import open_workspace
from assetgen.settings.conditions import Conditions

# -- the probe -------------------------------------------------------------------------------------

PROBE_ID = "doctor-probe"
_PROBE = f"""
[[asset]]
id = "{PROBE_ID}"
kind = "cover"
path = "public/{PROBE_ID}.png"
alt = ""
route = "images"
prompt = "one grey circle on white"
size = "1024x1024"
quality = "low"
"""


@dataclass(frozen=True)
class Probe:
    """The smallest image that a paid route makes, before it is bought."""

    job: Job
    surface: str
    estimate: Estimate

    @property
    def question(self) -> str:
        """The question to the user before it is bought."""
        return (
            f"This buys one image at low quality on {self.surface}, {self.price}. Continue? [y/N] "
        )

    @property
    def price(self) -> str:
        if self.estimate.micros is None:
            return "at a price that is not known in advance"
        return f"about ${self.estimate.micros / 1e6:.3f}"


def proposal(root: Path, conditions: Conditions) -> Probe:
    """What a probe would buy. Raises AssetgenError if nothing can be bought."""
    provider = conditions.provider("images").with_key()
    project = open_workspace(root, conditions)
    wanted = parse.parse(_PROBE.encode())
    asked = wish(wanted, wanted.asset[0], project.world(), {})
    job = job_for(project, asked)
    return Probe(
        job,
        provider.surface,
        estimates.estimate(asked, Action.DRAW, provider.surface, conditions.the_catalog),
    )


def probe(root: Path, conditions: Conditions, proposed: Probe) -> Note:
    """Buy the image of ``proposed``, through the log as any other, and report the result."""
    with locked(root):
        buyer = Buyer(root, conditions, {}, force=True)
        try:
            with buyer.slots.line_up() as turn:
                drawn = buyer.draw(proposed.job, turn)
            seen = decode.facts(drawn.original)
            if drawn.entry is not None:
                buyer.placed(drawn.entry)
        except AssetgenError as exc:
            return problem(_of_no_asset(exc))
        finally:
            buyer.close()
    cost = drawn.usage_cost
    paid = f"${cost.micros / 1e6:.4f} by its usage" if cost else "its cost is not known"
    came = f"{seen.width}x{seen.height} {seen.format}, {len(drawn.original)} bytes"
    told = "".join(f"; {remark}" for remark in drawn.remarks)
    return Note(
        Urgency.FINE,
        f"the probe received {came} on {proposed.surface}: {paid}{told}",
        where=proposed.job.wish.model,
    )


def _of_no_asset(error: AssetgenError) -> AssetgenError:
    """The failure without a command for the probe's own asset, which no manifest lists."""
    if PROBE_ID not in str(error.about(PROBE_ID).cure):
        return error
    cure = advice(
        "{probe} (asks first) buys another test image", probe=command("assetgen doctor --probe")
    )
    return type(error)(error.what, where=error.where, cure=cure)
