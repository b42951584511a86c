"""Draws the JSON of `labday bench` as an SVG: a row a mode, its mean as a bar, each round as a dot.

Usage: modes_picture.py BENCH.json >picture.svg. Follows the reader's light or dark colours.
"""

import json
import sys
from html import escape

LEFT, RIGHT, TOP, ROW = 190, 90, 44, 30
WIDTH = 760
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .mute { fill: #57606a }
.bar { fill: #9ec5fe } .dot { fill: #0a58ca } .axis { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .mute { fill: #9da7b3 } .bar { fill: #1f4f8f } .dot { fill: #79b8ff } .axis { stroke: #30363d }
}"""


def draw(run):
    results = run["results"]
    most = max(max(seconds) for seconds in results.values())
    scale = (WIDTH - LEFT - RIGHT) / most
    height = TOP + ROW * len(results) + 34
    rows = []
    for number, (mode, seconds) in enumerate(results.items()):
        y = TOP + ROW * number
        mean = run["summary"][mode]
        rows.append(f'<text x="{LEFT - 10}" y="{y + 18}" text-anchor="end">{escape(mode)}</text>')
        rows.append(f'<rect class="bar" x="{LEFT}" y="{y + 5}" width="{mean * scale:.1f}" height="{ROW - 12}" rx="2"/>')
        rows += [f'<circle class="dot" cx="{LEFT + s * scale:.1f}" cy="{y + ROW / 2 - 1}" r="3"/>' for s in seconds]
        rows.append(
            f'<text class="mute" x="{LEFT + max(seconds) * scale + 10:.1f}" y="{y + 18}">{mean:.2f} s</text>'
        )
    files = run["files"]
    job = run["job"]
    title = f"{files['count']} files, the same bytes in every mode; seconds by mode"
    foot = f"{job['sources']} sources, {run['rounds']} rounds, {job['workers']} workers; labday {run['environment']['version']}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text x="{LEFT}" y="24">{escape(title)}</text>',
        f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{TOP + ROW * len(results)}"/>',
        *rows,
        f'<text class="mute" x="{LEFT}" y="{height - 12}">{escape(foot)}</text>',
        "</svg>",
    ])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        print(draw(json.load(file)))


if __name__ == "__main__":
    main()
