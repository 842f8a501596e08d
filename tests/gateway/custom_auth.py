"""Virtual keys for the proxy of keys.yaml, which loads this file; LiteLLM refuses the others."""

from __future__ import annotations

from typing import Any

from litellm import BudgetExceededError  # type: ignore[import-not-found]
from litellm.proxy._types import ProxyErrorTypes, ProxyException, UserAPIKeyAuth  # type: ignore[import-not-found]

KEYS: dict[str, dict[str, Any]] = {
    "sk-virtual-good": {},
    "sk-virtual-other-model": {"models": ["gpt-image-1-mini"]},
}


async def user_api_key_auth(request: object, api_key: str) -> Any:
    """The data of a key for LiteLLM."""
    if api_key == "sk-virtual-spent":
        raise BudgetExceededError(current_cost=12.0, max_budget=10.0)
    if api_key not in KEYS:
        what = "Authentication Error, Invalid proxy server token passed. "
        what += "Unable to find token in cache or `DB`"
        raise ProxyException(
            message=what, type=ProxyErrorTypes.token_not_found_in_db, param="key", code=401
        )
    return UserAPIKeyAuth(api_key=api_key, **KEYS[api_key])
