"""JPEGs of any sampling, written bit by bit: no encoder writes most of these variants on request.

The coefficients are random, few and small, and so is the Huffman code: every code has four bits. What the picture
looks like does not matter, only that each decoder makes the same pixels of it.
"""

import random
import struct

DC_SYMBOLS = list(range(12))
AC_SYMBOLS = [0x00, 0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x31, 0x53, 0xF0]
SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def exif(orientation, order="<"):
    mark = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return mark + struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


class Bits:
    """Entropy-coded data, with a zero stuffed behind each FF."""

    def __init__(self):
        self.text = []

    def put(self, value, count):
        if count:
            self.text.append(f"{value:0{count}b}")

    def symbol(self, symbols, symbol):
        self.put(symbols.index(symbol), 4)

    def value(self, value):
        """The extra bits of a coefficient: negative ones in one's complement (T.81, F.1.2.1)."""
        size = abs(value).bit_length()
        self.put(value if value >= 0 else value + (1 << size) - 1, size)

    def flush(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        data = bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
        self.text = []
        return data.replace(b"\xff", b"\xff\0")


def put_block(bits, dice, difference):
    bits.symbol(DC_SYMBOLS, abs(difference).bit_length())
    bits.value(difference)
    for symbol in dice.sample(AC_SYMBOLS[1:-1], dice.randrange(4)):
        if dice.random() < 0.2:
            bits.symbol(AC_SYMBOLS, 0xF0)
        bits.symbol(AC_SYMBOLS, symbol)
        size = symbol & 15
        bits.value(dice.choice((-1, 1)) * dice.randrange(1 << size >> 1, 1 << size))
    bits.symbol(AC_SYMBOLS, 0x00)


def make_scan(dice, size, sampling, chosen, restart):
    """One scan of the components `chosen`. A scan of one component has no padding blocks (T.81, A.2.2)."""
    most_h, most_v = max(h for h, _ in sampling), max(v for _, v in sampling)
    if len(chosen) == 1:
        h, v = sampling[chosen[0]]
        across, down = -(-size[0] * h // (8 * most_h)), -(-size[1] * v // (8 * most_v))
        blocks = [chosen[0]]
    else:
        across, down = -(-size[0] // (8 * most_h)), -(-size[1] // (8 * most_v))
        blocks = [c for c in chosen for _ in range(sampling[c][0] * sampling[c][1])]
    bits, data, levels = Bits(), b"", dict.fromkeys(chosen, 0)
    for unit in range(across * down):
        if restart and unit and unit % restart == 0:
            data += bits.flush() + bytes([0xFF, 0xD0 + (unit // restart - 1) % 8])
            levels = dict.fromkeys(chosen, 0)
        for component in blocks:
            level = dice.randrange(-60, 60)
            put_block(bits, dice, level - levels[component])
            levels[component] = level
    return data + bits.flush()


def make_jpeg(
    sampling=((1, 1), (1, 1), (1, 1)),
    size=(37, 23),
    ids=None,
    head=JFIF,
    restart=0,
    scans=None,
    sof=0xC0,
    tail=b"",
    seed=1,
):
    """`sampling`: the factors of each component; `scans`: which components each scan has, one scan of all by
    default; `head`: what stands before the tables; `tail`: before the end marker."""
    dice = random.Random(f"{sampling} {size} {seed}")
    ids = ids or range(1, len(sampling) + 1)
    components = b"".join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, sampling))
    quantisation = bytes([0]) + bytes(min(255, 8 + 2 * i) for i in range(64))

    def huffman(kind, symbols):
        return segment(0xC4, bytes([kind]) + bytes([0, 0, 0, len(symbols)] + 12 * [0]) + bytes(symbols))

    data = SOI + head + segment(0xDB, quantisation)
    data += segment(sof, struct.pack(">BHHB", 8, size[1], size[0], len(sampling)) + components)
    data += huffman(0x00, DC_SYMBOLS) + huffman(0x10, AC_SYMBOLS)
    if restart:
        data += segment(0xDD, struct.pack(">H", restart))
    for chosen in scans or [range(len(sampling))]:
        header = bytes([len(chosen)]) + b"".join(bytes([ids[c], 0]) for c in chosen) + b"\0\x3f\0"
        data += segment(0xDA, header) + make_scan(dice, size, sampling, list(chosen), restart)
    return data + tail + EOI
