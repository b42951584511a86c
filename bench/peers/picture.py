"""Speed against size as an SVG: one point a tool and setting, the settings of a tool joined by a line.

Written by hand, because the picture has to follow the reader's light or dark scheme and its labels must not lie on one
another, and no plotting library in Debian does either. Usage: python3 -m peers.picture RESULTS.JSON one|all [cpu] >FILE;
cpu: speed by CPU seconds, which say more where other programs had the core, too.
"""

import dataclasses
import json
import math
import sys
from html import escape

WIDTH, HEIGHT = 900, 600
LEFT, RIGHT, TOP, BOTTOM = 70, 880, 50, 540  # of the area of the points
FONT, CHARACTER = 12, 6.8  # pixels; a character's mean width in the usual sans-serif fonts, rounded up
MARK = 5  # radius of a point
# Tool: colour on white, on black. Both keep a contrast of 4.5 to 1.
COLOURS = {
    "labday": ("#c2271a", "#ff7b6b"),
    "Pillow": ("#1f5fb4", "#79b0ff"),
    "sharp": ("#1a7a3c", "#56d07f"),
    "libvips": ("#7a3fb0", "#c69bf5"),
    "ImageMagick": ("#8a5a00", "#e0b04a"),
    "GraphicsMagick": ("#0b7285", "#4cc9dd"),
}


@dataclasses.dataclass
class Point:
    tool: str
    label: str
    x: float
    y: float


@dataclasses.dataclass
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other):
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)

    def inside(self, other):
        return (self.left >= other.left and self.right <= other.right
                and self.top >= other.top and self.bottom <= other.bottom)


FRAME = Box(LEFT, TOP, RIGHT, BOTTOM)


def label_box(point, dx, dy):
    """Of the text of `point`, its middle dx, dy away from where it would touch the mark."""
    half = len(point.label) * CHARACTER / 2
    x = point.x + dx + math.copysign(half + MARK + 2, dx) if dx else point.x
    y = point.y + dy
    return Box(x - half, y - FONT * 0.6, x + half, y + FONT * 0.6)


def place_labels(points):
    """A box for each label, in the order of the points: near its point, inside the frame, on no other label and on no
    point. Points with the least room about them choose first; one without room lies on as few others as possible."""
    marks = [Box(p.x - MARK, p.y - MARK, p.x + MARK, p.y + MARK) for p in points]
    steps = [(3, 0), (-3, 0), (0, -14), (0, 14)]
    for reach in range(8, 260, 8):
        steps += [(dx, dy) for dy in (-reach, reach) for dx in (3, -3, reach / 2, -reach / 2)]
    crowd = {index: sum(math.dist((p.x, p.y), (q.x, q.y)) < 60 for q in points) for index, p in enumerate(points)}
    boxes = {}
    for index in sorted(crowd, key=lambda index: (-crowd[index], points[index].x)):
        taken = [*marks, *boxes.values()]
        own = [label_box(points[index], dx, dy) for dx, dy in steps]
        inside = [box for box in own if box.inside(FRAME)] or own
        free = (box for box in inside if not any(map(box.overlaps, taken)))
        boxes[index] = next(free, None) or min(inside, key=lambda box: sum(map(box.overlaps, taken)))
    return [boxes[index] for index in range(len(points))]


def speed_ticks(low, high):
    """1, 2 and 5 times the powers of ten within the range."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [step * 10**power for power in powers for step in (1, 2, 5) if low <= step * 10**power <= high]


def size_ticks(low, high):
    step = 0.05 if high - low < 0.5 else 0.1 if high - low < 1.1 else 0.5
    return [step * number for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def scales(results):
    """The ranges of speed and size. What is larger than labday's and the baseline's files by far is drawn at the upper
    edge, lest it press all else together."""
    speeds = [own["megabytes_per_second"] for own in results]
    sizes = [own["bytes_of_baseline"] for own in results]
    near = [own["bytes_of_baseline"] for own in results if own["tool"] in ("labday", "Pillow")]
    low = min(sizes) - 0.03
    return (min(speeds) / 1.4, max(speeds) * 1.5), (low, min(max(sizes), max(1.2, *near) + 0.1) + 0.04)


def locate(results, speeds, sizes):
    points = []
    for own in results:
        across = math.log(own["megabytes_per_second"] / speeds[0]) / math.log(speeds[1] / speeds[0])
        up = (own["bytes_of_baseline"] - sizes[0]) / (sizes[1] - sizes[0])
        label = f"{own['tool']} {own['setting'].replace(', adaptive', '')}"
        if up > 1:
            label += f" (↑ {own['bytes_of_baseline']:.2f})"
        points.append(Point(own["tool"], label, LEFT + across * (RIGHT - LEFT), BOTTOM - min(up, 1) * (BOTTOM - TOP)))
    return points


def style():
    def colours(scheme, paper, ink, grid):
        tools = "".join(f".{tool}{{color:{both[scheme]}}}" for tool, both in COLOURS.items())
        return f".paper{{fill:{paper}}}.label{{stroke:{paper}}}.ink{{color:{ink}}}.grid{{stroke:{grid}}}{tools}"

    return (
        f"text{{font:{FONT}px 'Helvetica Neue',Helvetica,Arial,sans-serif}}text,circle{{fill:currentColor}}"
        ".title{font-size:16px;font-weight:bold}.label.labday{font-weight:bold}"
        # A rim of the paper's colour, where a line runs behind a label.
        ".label{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}"
        "polyline,.leader{fill:none;stroke:currentColor}polyline{stroke-width:1.2;opacity:.5}"
        ".leader{stroke-width:.7;opacity:.6}"
        + colours(0, "#ffffff", "#24292f", "#d8dee4")
        + "@media(prefers-color-scheme:dark){" + colours(1, "#0d1117", "#e6edf3", "#30363d") + "}"
    )


def by_cpu_seconds(results):
    """The results as if nobody had waited: for one core, on a machine with other things to do."""
    return [
        {**own, "megabytes_per_second":
            own["megabytes_per_second"] * own["median_seconds"] / own["median_cpu_seconds"]} for own in results
    ]


def axes(speeds, sizes, unit):
    for speed in speed_ticks(*speeds):
        x = LEFT + math.log(speed / speeds[0]) / math.log(speeds[1] / speeds[0]) * (RIGHT - LEFT)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/>'
        yield f'<text class="ink" x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{speed:g}</text>'
    for size in size_ticks(*sizes):
        y = BOTTOM - (size - sizes[0]) / (sizes[1] - sizes[0]) * (BOTTOM - TOP)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        yield f'<text class="ink" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{size:.2f}</text>'
    middle = (TOP + BOTTOM) / 2
    yield (f'<text class="ink" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">'
           f"MB of raw pixels a {unit}, logarithmic: faster →</text>")
    yield (f'<text class="ink" x="20" y="{middle}" text-anchor="middle" transform="rotate(-90 20 {middle})">'
           "← smaller: bytes of the files, against Pillow's default</text>")


def lines(points):
    for tool in dict.fromkeys(point.tool for point in points):
        own = sorted((p for p in points if p.tool == tool), key=lambda p: p.x)
        yield f'<polyline class="{tool}" points="{" ".join(f"{p.x:.1f},{p.y:.1f}" for p in own)}"/>'


def marks(points):
    """Points and labels, the labels last: none is painted over."""
    texts = []
    for point, box in zip(points, place_labels(points)):
        if box.left > point.x:
            anchor, x = "start", box.left
        elif box.right < point.x:
            anchor, x = "end", box.right
        else:
            anchor, x = "middle", (box.left + box.right) / 2
        y = (box.top + box.bottom) / 2 + FONT * 0.35
        edge_x = min(max(point.x, box.left), box.right)
        edge_y = min(max(point.y, box.top), box.bottom)
        if math.dist((edge_x, edge_y), (point.x, point.y)) > 2 * MARK:
            yield f'<path class="leader {point.tool}" d="M{point.x:.1f} {point.y:.1f}L{edge_x:.1f} {edge_y:.1f}"/>'
        yield f'<circle class="{point.tool}" cx="{point.x:.1f}" cy="{point.y:.1f}" r="{MARK}"/>'
        texts.append(f'<text class="label {point.tool}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
                     f"{escape(point.label)}</text>")
    yield from texts


def draw(results, unit="second"):
    """The SVG of the results of record.make() that share their cores."""
    speeds, sizes = scales(results)
    points = locate(results, speeds, sizes)
    cores = results[0]["core_count"]
    title = f"Five PNG renditions of each source, {'one core' if results[0]['cores'] == 'one' else f'{cores} cores'}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{style()}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<text class="ink title" x="{LEFT}" y="30">{title}</text>',
        *axes(speeds, sizes, unit), *lines(points), *marks(points), "</svg>\n",
    ])


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        everything = json.load(file)["results"]
    chosen = [own for own in everything if own["cores"] == sys.argv[2]]
    if sys.argv[3:] == ["cpu"]:
        sys.stdout.write(draw(by_cpu_seconds(chosen), "CPU second"))
    else:
        sys.stdout.write(draw(chosen))
