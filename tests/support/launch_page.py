"""A page that refers to four images, and a manifest that names its folder."""

CONTENT = '[project]\ncontent = ["content/**/*", "app/**/*", "src/**/*"]\n'
PAGE = """---
title: A launch
cover: /img/cover.png
---

# Launch day

![A plan](/img/plan.png) and ![](/img/team.png)

<Image src="/img/steps.png" alt="Steps" width={1200} height={630} />
"""
