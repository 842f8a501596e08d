"""The texts for coding agents: one skill, in the forms that each agent reads."""

from __future__ import annotations

_DESCRIPTION = (
    "Make and add the images of this repository that assets.toml lists, each with a provenance "
    "record. Charts, diagrams, tables, app screens, covers and social cards are set from layouts "
    "on this machine; illustrations are painted. Use it whenever an image of this repository is "
    "missing, stale or requested, instead of drawing or copying image files by hand."
)

_BODY = """\
# Images of this repository

`assets.toml` lists the images of this repository. `assetgen` puts them into place and records
where each came from. Run it in the folder that contains `assets.toml`. If it is not installed, say
so and stop.

## Set or painted

Decide first how the image is made:

- **Set it** with a layout (route `local`) if its words or numbers must be right: charts, tables,
  steps, diagrams, browser and phone screens, badges, and covers or social cards with words. It is
  drawn on this machine, in a second, for free.
- **Paint it** (route `codex`, or a route that the user pays) only if it is a scene, an object or a
  mood without words. Image models misspell words and misdraw numbers.

## Set an image

1. `assetgen layouts` lists the layouts. `assetgen layouts KIND/LAYOUT` prints the values of one,
   with their limits, and an example.
2. Paste the example into `assets.toml`. Change `id`, `path`, `alt` and the values. Write in `alt`
   what the image says. Use only words and numbers that the user or the repository gives.
3. `assetgen generate ID --free --no-commit` draws it. If a text does not fit, shorten the text.
4. Look at the file. `assetgen snippet ID` prints the code for the page.

## Paint an image

    assetgen next --json

It prints one object for each image to paint. An empty list means that there is nothing to paint. If
the user asks for an image that is not in the list, first add an `[[asset]]` with
`route = "codex"` and a `prompt` to `assets.toml`, and run the command again.

Only an agent in Codex can paint these. In another agent, show the list to the user and stop.

In Codex, do this for each entry whose `route` is `codex`, from first to last. Finish one before you
start the next. Stay in this thread; never use a sub-agent, because a sub-agent has another thread.

1. Call the built-in image tool exactly once, with exactly the text of `prompt`. Do not shorten it,
   improve it or add anything. If `transparent` is true, ask for a transparent background. If there
   are `inputs`, give these files to the tool as references (absolute paths).
2. Run the command in `next`: `assetgen adopt ID`. It finds the image of this thread, checks it,
   resizes it and writes the record.
3. If the tool or the command fails, stop and show its message to the user. Do not draw again, do
   not choose a file yourself, and do not add `--force`.

## Rules

- Never look for "the latest" image, and never copy, move or delete files in `generated_images`.
- Never write or edit anything in `.assetgen/`, or an image that is in place.
- Do not ask for a size or a quality, because the tool supports neither. To get another size, set
  `fit` in `assets.toml`; `adopt` applies it.
- Every other route costs the user money. Never run `assetgen generate` without `--free` unless the
  user asks for it. Show what is left, with its `surface`, and let the user decide.
- An asset that `assetgen check` calls undecided has candidates, which are paid. `assetgen pick ID`
  lists them, and `assetgen pick ID N --no-commit` puts one into place for free. Show them to the
  user and let the user choose, unless the user leaves it to you.
- `assetgen refine ID "what changes" [--box X,Y,W,H] --no-commit` changes a painted image and costs
  money: run it only if the user asks for it. `assetgen show ID` prints the size of the original for
  the box. `assetgen refine ID --undo --no-commit` takes the last change out again, for free.
- If the image tool is missing, say so. Do not draw a placeholder with code, and do not use an API
  key.
- Leave the commit to the user: show the `git add ... && git commit ...` line that `adopt` prints.
  For a set image, name its files, `.assetgen/records/ID.json`, `assets.toml` and the page.

## At the end

    assetgen check

Say which images are in place, which are not and why, and show the git lines.
"""

#: The skill of Codex, Claude Code and other agents that read skills.
SKILL = f"---\nname: assetgen\ndescription: {_DESCRIPTION}\n---\n\n{_BODY}"

#: The rule of Cursor, which its agent reads if the description fits the task.
RULE = f"---\ndescription: {_DESCRIPTION}\nalwaysApply: false\n---\n\n{_BODY}"

#: How Codex shows the skill.
INTERFACE = """\
interface:
  display_name: "assetgen"
  short_description: "Make the images that assets.toml lists, each with its provenance"
  default_prompt: "Use $assetgen to make the missing images of this repository."
policy:
  allow_implicit_invocation: true
"""

_SECTION = """\
## Images

`assets.toml` lists the images of this repository, and `assetgen` records where each came from. To
make one, use the skill `assetgen` (`{skill}`). Charts, tables, diagrams,
screens and covers with words are set from layouts, for free: `assetgen layouts` lists them,
`assetgen generate ID --free --no-commit` draws one. Scenes without words are painted:
`assetgen next --json` prints which images to paint and with which prompts, and `assetgen adopt ID`
adds the image that this thread painted. `assetgen check` verifies the result. Never copy images by
hand, and never edit `.assetgen/`. Run `assetgen generate` without `--free` only if the user asks
for it, because other routes cost money.
"""


def section(skill: str) -> str:
    """The section of AGENTS.md or CLAUDE.md, which names the file of the skill."""
    return _SECTION.format(skill=skill)
