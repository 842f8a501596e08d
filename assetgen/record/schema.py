"""The parts of a record, one struct each, with their keys in the order in which they are written.

Writers fill them in completely. Readers meet records of other versions: they ignore unknown keys,
and a key with a default may be missing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from assetgen.record.steps import Derivation

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:assetgen:provenance:v1"

_Hex = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Pixels = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
_Micros = Annotated[int, msgspec.Meta(ge=0)]


class Sha256(msgspec.Struct, frozen=True):
    """A digest as in-toto states it: 64 hex digits."""

    sha256: _Hex


class Subject(msgspec.Struct, frozen=True):
    """One file of the asset: its path below the project, and its digest."""

    name: str
    digest: Sha256


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that values were read from; only the values are part of the intent."""

    path: str
    sha256: str


class RecordedAsset(msgspec.Struct, frozen=True, kw_only=True):
    """The asset as the manifest described it when the files were made."""

    id: str
    kind: str = ""
    alt: str = ""
    page: str | UnsetType = UNSET
    """The page that the asset is made from, if it is made from one."""
    data: list[DataFile] | UnsetType = UNSET
    """The data files that its values were read from, if they were."""
    collection: str | UnsetType = UNSET
    """The id of the collection that makes the asset, as the manifest has it, if one does."""


class PromptText(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt; ``text`` is None where the project records only digests."""

    digest: str
    text: str | None


class RecordedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt as it was sent, and as a model rewrote it."""

    effective: PromptText | None
    revised: PromptText | None
    style: str | None


class RecordedDescriptor(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A description of a model by a service: the digest of what was read, and the day."""

    sha256: str
    read_on: str


class RecordedGateway(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The gateway that answered, with the declared channel and the observed one."""

    name: str | None = None
    profile: str | None = None
    channel_declared: str | None = None
    channel_observed: dict[str, str] | UnsetType | None = UNSET
    """The answer's headers that name a channel; unset until there is an answer."""
    model_served: str | UnsetType | None = UNSET
    descriptor: RecordedDescriptor | UnsetType = UNSET
    """What the gateway had published about the model, if that was read."""


class LimitWindow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One rate limit of a Codex account, in whole numbers: percents are stated in hundredths."""

    used_hundredths_of_percent: int | None
    window_minutes: int | None
    resets_at: int | None


class AccountLimits(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The limits of a Codex account at one moment."""

    primary: LimitWindow | UnsetType = UNSET
    secondary: LimitWindow | UnsetType = UNSET
    credit_balance: str | None = None
    plan_type: str | None = None


class ObservedLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a Codex account around one image."""

    before: AccountLimits | None
    after: AccountLimits | None
    basis: str = "observed for the whole account, not for this picture"


class CodexThread(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The Codex thread that drew the image, and what Codex noted of it."""

    thread_id: str | None
    turn_id: str | None
    call_id: str | None
    generation_id: str | None
    cli_version: str | None
    agent_model: str | None
    prompt_differs: bool
    inputs: list[dict[str, str]]
    account_limits: ObservedLimits


class RecordedRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Who drew the image, and on which bill (``surface``) it is; None is unknown."""

    owner: str | None
    surface: str | None
    endpoint: str | None = None
    origin: str | None = None
    client: str | None = None
    gateway: RecordedGateway | None = None
    codex: CodexThread | None = None


class RecordedRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The request as it was sent, with prompt and images as digests."""

    digest: str
    body: dict[str, Any] = {}
    input_fidelity: str | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How one attempt to send a request ended: "ok", "refused", "failed" or "lost"."""

    outcome: str
    status: int | None = None
    retry_reason: str | None = None


class PartialImages(msgspec.Struct, frozen=True, kw_only=True):
    """Previews of an image: how many were requested, how many came."""

    requested: int
    received: int


class RecordedBatch(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The batch in which an image was made, and the line of its output file."""

    id: str
    custom_id: str
    line: int
    created_at: str | None = None
    ended_at: str | None = None


class RecordedResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a paid route answered."""

    id: str | None = None
    request_id: str | None = None
    created_at: str | None = None
    model: str | UnsetType | None = UNSET
    usage: dict[str, Any] | None = None
    tool_usage: dict[str, Any] | UnsetType | None = UNSET
    partial_images: PartialImages | None = None
    images: int | UnsetType = UNSET
    others: list[str] | UnsetType = UNSET
    """Digests of the images beyond the first."""
    attempts: list[Attempt] = []
    batch: RecordedBatch | UnsetType = UNSET


class Credentials(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What Content Credentials say of their maker; not verified."""

    generator: str | None = None
    digital_source_type: str | None = None


class Original(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The unchanged bytes that the files were made from, measured."""

    digest: str
    media_type: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    alpha: bool = False
    kept: str = "cache"
    c2pa: Credentials | None = None


class Measured(msgspec.Struct, frozen=True):
    """What was measured of one file when it was made; pixels."""

    path: str
    width: _Pixels
    height: _Pixels
    format: Literal["png", "jpeg", "webp", "avif", "ico"]
    alpha: bool = False
    bytes: Annotated[int, msgspec.Meta(ge=1)] | UnsetType = UNSET

    @property
    def media_type(self) -> str:
        return "image/x-icon" if self.format == "ico" else f"image/{self.format}"


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """How the image was received, and what became of it: "commit" or "draft"."""

    received: str | UnsetType = UNSET
    decision: str
    reason: str | None = None


class Marking(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the files say where they come from (IPTC digital source type)."""

    digital_source_type: str | None
    xmp: bool
    c2pa: str = "none"


class Amount(msgspec.Struct, frozen=True):
    """Millionths of a currency, and where the figure is from."""

    micros: _Micros
    currency: str | UnsetType | None = UNSET
    """Unset where it is the currency of the bill."""
    basis: str = "of unknown basis"


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What an image cost on its bill, in each way in which that is known."""

    surface: str | None = None
    currency: str | None = None
    estimate: Amount | None = None
    usage: Amount | None = None
    provider: Amount | None = None


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """One paid request for candidates, with the parts of a record about a request."""

    token: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16,64}\Z")]
    """What the log of paid requests calls it too, so that nothing is counted twice."""
    route: RecordedRoute
    request: RecordedRequest
    response: RecordedResponse | None
    received: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of several images that were bought for an asset, of which one is picked."""

    sha256: _Hex
    """Of the unchanged bytes: its original."""
    media_type: str
    bytes: Annotated[int, msgspec.Meta(ge=1)]
    width: _Pixels
    height: _Pixels
    alpha: bool = False
    purchase: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The number of its request among the purchases beside it, from 0."""
    revised: PromptText | None = None
    cost: Costs
    """Its share of the cost of its request."""
    picked: bool = False


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """The program that wrote the record."""

    name: str
    version: str
    machine: str | UnsetType = UNSET
    """The system and the processor, where the same files are to be made again elsewhere."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of the intent and files that the user accepted as they were."""

    fields: list[str]
    files: list[str]


class Integrity(msgspec.Struct, frozen=True, kw_only=True):
    """The digest over the canonical JSON of the whole statement without this part."""

    alg: str
    digest: str


class RecordedStep(msgspec.Struct, frozen=True, kw_only=True):
    """An image that a later step has changed: what was asked and received, and what it cost."""

    intent: str
    """The digest of its intent."""
    prompt: RecordedPrompt
    route: RecordedRoute
    request: RecordedRequest | None
    response: RecordedResponse | None
    original: Original | None
    cost: Costs
    candidates: list[Candidate] | UnsetType = UNSET
    """Every image that it was picked from, itself among them."""
    purchases: list[Purchase] | UnsetType = UNSET


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """Where the files of one asset come from."""

    asset: RecordedAsset
    intent: dict[str, Any]
    """An ``Intent`` with its digest, in the terms of the version that wrote it."""
    prompt: RecordedPrompt
    route: RecordedRoute
    request: RecordedRequest | None
    inputs: list[dict[str, Any]]
    response: RecordedResponse | None
    original: Original | None
    derive: Derivation | None
    observed: list[Measured]
    placeholder: str | None
    storage: Storage
    marking: Marking
    cost: Costs
    tool: Tool
    formerly: list[str] | UnsetType = UNSET
    """Earlier ids of the asset."""
    accepted: Accepted | UnsetType = UNSET
    candidates: list[Candidate] | UnsetType = UNSET
    """Every image that this one was picked from, itself among them."""
    purchases: list[Purchase] | UnsetType = UNSET
    """The requests that the candidates came from."""
    refined: list[RecordedStep] | UnsetType = UNSET
    """The images before each step that refined this one, the first one first."""
    integrity: Integrity | UnsetType = UNSET
    """Set where a record is read; a writer leaves it to ``record.write``."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One record: an in-toto statement about the files of one asset."""

    type: str = msgspec.field(name="_type", default=STATEMENT)
    subject: list[Subject]
    predicate_type: str = msgspec.field(name="predicateType", default=PREDICATE)
    predicate: Predicate


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
for _form in (Statement, Attempt):
    msgspec.json.Decoder(_form)
