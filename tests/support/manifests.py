"""An example manifest with every key."""

from __future__ import annotations

EXAMPLE = """
[project]
public  = "public"
content = ["content/**/*.mdx", "src/**/*.{tsx,jsx}"]
outputs = ["public", "assets"]
commit  = true

[defaults]
route = "images"
model = "gpt-image-2"
quality = "medium"

[style.brand]
prompt  = "flat vector, generous white space"
palette = ["#0f172a", "#4f46e5", "#f59e0b"]
font    = "Inter"

[gateway.laozhang]
channel = "default"

[[asset]]
id      = "route-board"
kind    = "infographic"
path    = "public/img/route-board.png"
alt     = "Four routes and the bill each one lands on"
route   = "local"
style   = "brand"
[asset.values]
title = "Choose the route before you write code"
steps = [{ title = "Look", text = "assetgen routes" }, { title = "Choose" }]

[[asset]]
id      = "launch/cover"
kind    = "cover"
path    = "public/img/launch.webp"
alt     = "A paper plane leaving a notebook"
prompt  = "A paper plane leaving an open notebook"
size    = "1536x1024"
fit     = { width = 1200, height = 630, mode = "cover" }
inputs  = ["assets/plane.png", "@route-board"]
mask    = "assets/mask.png"
take    = 2
variants = { widths = [640, 1280], formats = ["avif", "webp"] }
"""
