"""Whether a coding agent runs this process, as far as the environment says so."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: The variables that agents set for the commands that they run; the name of each agent.
#: Source: @vercel/detect-agent 1.2.7 on npm, and the AGENT proposal of agents.md.
VARIABLES: Mapping[str, str] = {
    "AI_AGENT": "an agent",
    "AGENT": "an agent",
    "CLAUDECODE": "Claude Code",
    "CLAUDE_CODE": "Claude Code",
    "CURSOR_AGENT": "Cursor",
    "CODEX_SANDBOX": "Codex",
    "CODEX_CI": "Codex",
    "CODEX_THREAD_ID": "Codex",
    "AUGMENT_AGENT": "Augment",
    "ANTIGRAVITY_AGENT": "Antigravity",
    "GEMINI_CLI": "Gemini CLI",
    "OPENCODE": "OpenCode",
    "OPENCODE_CLIENT": "OpenCode",
    "REPL_ID": "Replit",
}
#: A file that only machines of Devin have.
DEVIN = "/opt/.devin"


def sign_of(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """(agent, the variable or file that shows it) of the agent that runs this; None if none."""
    for name, agent in VARIABLES.items():
        if environ.get(name, "").strip():
            return agent, name
    return ("Devin", DEVIN) if os.path.lexists(DEVIN) else None
