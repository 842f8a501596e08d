"""The kinds of failures of providers, as one table that is matched from the top.

Sources: OpenAI's API reference, and error bodies seen in public logs; LiteLLM 1.106.2 and 1.108.7
(measured); new-api's source; learn.microsoft.com. All read in November 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assetgen import errors
from assetgen.cure import ID, Blank, Cure, advice, command
from assetgen.errors import AssetgenError


@dataclass(frozen=True)
class Rule:
    """One kind of failure: how it is recognised, the error to raise, and the cure."""

    name: str
    error: type[AssetgenError]
    cure: Cure
    status: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    """Exact values of the error's type or code."""
    words: str = ""
    """A regular expression for the lower-cased message; not for one with a status of 500 or more.

    Such a message mostly quotes something else, and an image may have been made before it.
    """
    retries: bool = False
    unsure: bool = False
    """Whether an image may have been made before the failure, whatever the status."""
    before_work: bool = False
    """Whether the provider refuses in this way before it does any work, also with status 200."""
    never_passed_on: bool = False
    """Whether a gateway answers in this way itself, so that nothing is billed at any status."""
    repeats: bool = False
    """Whether the same request is refused again, so that sending it again is no cure."""

    words_of_500: bool = False
    """Whether the words are so special that they hold for a status of 500 or more, too."""

    def holds(self, status: int, type_and_code: tuple[str, str], message: str) -> bool:
        """Whether a failure is of this kind.

        Its status must match, and its type, its code or its message.
        """
        if self.status and status not in self.status:
            return False
        if not self.tokens and not self.words:
            return True
        if any(token in self.tokens for token in type_and_code):
            return True
        has_words = bool(self.words) and (status < 500 or self.words_of_500)
        return has_words and re.search(self.words, message) is not None


WAIT = advice(
    "{doctor} lists unknown outcomes; {generate} buys the image again",
    doctor=command("assetgen doctor"),
    generate=command("assetgen generate {asset} --force", asset=ID),
)
_QUOTA = advice("add credit or raise the limit at the provider, then run the same command again")
_LATER = advice("run the same command again in a minute; it keeps the finished images")
_MODERATED = advice("change the prompt or the input images; the same request will be refused again")
_KEY = advice(
    "set {key_env} to a key that is valid at {host}", key_env=Blank("key_env"), host=Blank("host")
)
#: Matched from the top.
RULES = (
    Rule(
        "organisation",
        errors.AccountError,
        advice(
            "verify the organisation at platform.openai.com/settings/organization/general "
            "(it can take 15 minutes), or choose a model that does not need it"
        ),
        words=r"must be verified|organization.{0,40}verif|verify organization",
    ),
    Rule(
        "account blocked",
        errors.AccountError,
        advice(
            "ask the support of {host} to unblock the account, or choose another route: {routes}",
            host=Blank("host"),
            routes=command("assetgen routes"),
        ),
        tokens=(
            "account_deactivated",
            "account_suspended",
            "account_disabled",
            "access_terminated",
            "organization_disabled",
            "user_banned",
            "user_blocked",
        ),
        words=r"\b(?:accounts?|organi[sz]ation|your access|your resource|subscription|user)\b"
        r"[^.]{0,80}\b(?:has been|have been|was|is|were|are)\b[^.]{0,30}"
        r"\b(?:deactivated|suspended|terminated|disabled|blocked|banned|restricted|locked)\b"
        r"|\b(?:suspended|banned|deactivated|disabled)\b (?:account|user|organi[sz]ation)"
        r"|\b(?:account|user|organi[sz]ation) (?:suspended|banned|deactivated|disabled|blocked)\b"
        r"|用户已被封禁|账号已被|账户已被|令牌状态不可用",
        before_work=True,
        repeats=True,
    ),
    Rule(
        "region",
        errors.AccountError,
        advice(
            "send the request from a country that {host} supports, or choose another "
            "route: {routes}",
            host=Blank("host"),
            routes=command("assetgen routes"),
        ),
        tokens=("unsupported_country_region_territory", "unsupported_region"),
        words=r"country, region,? or territory not supported"
        r"|(?:not (?:available|supported)|unavailable) in your (?:country|region|location)"
        r"|(?:user )?location is not supported|from an? unsupported (?:country|region|location)",
        before_work=True,
        repeats=True,
    ),
    Rule(
        "moderation",
        errors.ModerationError,
        _MODERATED,
        words="safety system",
        words_of_500=True,
        repeats=True,
    ),
    Rule(
        "moderation",
        errors.ModerationError,
        _MODERATED,
        tokens=(
            "moderation_blocked",
            "content_policy_violation",
            "image_content_policy_violation",
            "content_filter",
            "responsibleaipolicyviolation",
            "refusal",
        ),
        words=r"safety filter|content[ _]policy|content management policy|moderation"
        r"|nsfw|sensitive (?:content|words?|information)|(?:inappropriate|prohibited)[ _]content"
        r"|\bflagged\b|content (?:is |was |has been )?(?:blocked|filtered)",
        repeats=True,
    ),
    Rule(
        "quota",
        errors.AccountError,
        _QUOTA,
        tokens=(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_limit_user_error",
            "insufficient_user_quota",
            "budget_exceeded",
            "billing_not_active",
            "insufficient_balance",
        ),
        words=r"exceeded your (?:current |monthly |daily )?quota"
        r"|quota (?:has been |was |is )?exceeded"
        r"|insufficient (?:account )?(?:balance|credit|quota|funds)|out of (?:credits?|quota)"
        r"|budget has been exceeded|hard limit|余额|额度不足",
        before_work=True,
    ),
    Rule("payment", errors.AccountError, _QUOTA, status=(402,), before_work=True),
    Rule(
        "gateway's key",
        errors.AccountError,
        advice(
            "ask the operator of {host} to correct its key: its own provider refuses it",
            host=Blank("host"),
        ),
        words=r"^litellm\.authenticationerror",
        words_of_500=True,
    ),
    Rule(
        "key",
        errors.AccountError,
        _KEY,
        tokens=(
            "invalid_api_key",
            "token_not_found_in_db",
            "no_db_connection",
            "invalid_authentication",
        ),
        words=r"(?:incorrect|invalid|expired) (?:api[ _-]?|access )?key"
        r"|missing (?:api[ _-]?|access )key"
        r"|(?:invalid|expired) (?:access |auth\w* )?(?:token|credentials?)|无效的令牌"
        r"|(?:api[ _-]?key|access token|credentials?) (?:is |are |was |has )?"
        r"(?:invalid|expired|required|missing|not valid)\b|authentication (?:failed|required)",
        before_work=True,
    ),
    Rule("key", errors.AccountError, _KEY, status=(401,), before_work=True),
    Rule(
        "access",
        errors.AccountError,
        advice("ask the owner of the account for access to the model, or choose another model"),
        tokens=("key_model_access_denied", "model_access_denied"),
        words=r"not allowed to access model|does not have access to model",
    ),
    Rule(
        "rate limit",
        errors.BusyError,
        _LATER,
        status=(200, 400, 403, 429),
        tokens=("rate_limit_exceeded", "rate_limit_error", "too_many_requests", "toomanyrequests"),
        words=r"too many (?:concurrent |pending )?(?:requests|tasks|jobs)|queue is full"
        r"|rate[ -]?limit(?:ed| (?:exceeded|reached))",
        retries=True,
        before_work=True,
    ),
    Rule(
        "rate limit",
        errors.BusyError,
        _LATER,
        status=(429,),
        retries=True,
        before_work=True,
    ),
    # A gateway that finds no channel when it has tried others says so with the word retry.
    Rule(
        "no channel",
        errors.RoutingError,
        advice(
            "choose a model or a group of the key that {host} has a channel for: "
            "{doctor} lists its models",
            host=Blank("host"),
            doctor=command("assetgen doctor"),
        ),
        words=r"^(?!.*\bretry).*(?:no (?:available|usable|healthy) (?:channel|upstream|deployment)"
        r"|no channels? (?:is |are )?available|no available upstream"
        r"|无可用渠道|没有可用的?渠道|no deployments available)",
        words_of_500=True,
        never_passed_on=True,
    ),
    Rule(
        "model",
        errors.RoutingError,
        advice(
            "choose a model that {host} offers: {doctor} lists them",
            host=Blank("host"),
            doctor=command("assetgen doctor"),
        ),
        tokens=("model_not_found", "deploymentnotfound", "model_not_available"),
        words=r"model .{0,80}(?:does not exist|not found|is not supported with the responses api)"
        r"|invalid model name|no available channel|deployment .{0,60}does not exist|unknown model",
    ),
    Rule(
        "channel",
        errors.RoutingError,
        advice("choose another channel or gateway; this one cannot reach the model now"),
        tokens=("get_channel_failed",),
        words=r"channel:|get_channel_failed|渠道",
    ),
    Rule(
        "input image",
        errors.ManifestError,
        advice("replace the input with a valid PNG, JPEG or WebP image"),
        tokens=("invalid_image_file", "invalid_image", "invalid_image_format"),
        words=r"invalid image file|could not (?:decode|process) image",
    ),
    # Our requests always have both: LiteLLM before 1.108 sends an edit again without them when the
    # connection behind it breaks.
    Rule(
        "sent again",
        errors.UnknownOutcome,
        WAIT,
        words=r"missing required parameter: '(?:model|prompt)'",
        words_of_500=True,
        unsure=True,
    ),
    Rule(
        "option",
        errors.UnsupportedOption,
        advice("{option}", option=Blank("option")),
        status=(400, 404, 409, 415, 422),
        tokens=(
            "invalid_value",
            "unknown_parameter",
            "unsupported_parameter",
            "unsupported_value",
            "invalid_type",
            "invalid_input_fidelity_model",
            "integer_below_min_value",
            "integer_above_max_value",
            "empty_string",
            "missing_required_parameter",
            "unsupportedparamserror",
            "invalid_size",
        ),
        words=r"not supported|unsupported|unknown parameter|unrecognized|invalid (?:value|size)"
        r"|extra inputs",
    ),
    Rule(
        "address",
        errors.RoutingError,
        advice("correct base_url or profile of the gateway in your own configuration"),
        status=(404, 405),
    ),
    Rule(
        "redirect",
        errors.RoutingError,
        advice("set base_url to the final address"),
        status=(300, 301, 302, 303, 307, 308),
    ),
    Rule(
        "forbidden",
        errors.AccountError,
        advice("ask the owner of the account which permissions the key has"),
        status=(403,),
    ),
    Rule(
        "forbidden",
        errors.AccountError,
        advice("ask the owner of the account which permissions the key has"),
        words=r"access ?denied|permission[ _]denied|not authori[sz]ed|unauthori[sz]ed",
    ),
    Rule(
        "too large", errors.UnsupportedOption, advice("use fewer or smaller inputs"), status=(413,)
    ),
    Rule(
        "option",
        errors.UnsupportedOption,
        advice(
            "look at the request: {request}", request=command("assetgen request {asset}", asset=ID)
        ),
        status=(400, 422),
    ),
)
#: What is none of them.
OTHER = Rule(
    "unclear",
    errors.RoutingError,
    advice("look at the request: {request}", request=command("assetgen request {asset}", asset=ID)),
)


def are_known(words: str) -> bool:
    """Whether the words of a service alone say what kind of failure it is."""
    return any(rule.words and re.search(rule.words, words.lower()) for rule in RULES)


#: Statuses after which an image may still have been made and billed.
UNSURE = frozenset({408, 499})
