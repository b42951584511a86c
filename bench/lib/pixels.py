"""What was written: the files, their bytes, and whether their pixels are the same."""

from pathlib import Path

from PIL import Image, ImageChops, ImageStat


def files(folder):
    """Every PNG below `folder`, by its relative path."""
    return {path.relative_to(folder): path for path in sorted(Path(folder).rglob("*.png"))}


def total_bytes(folder):
    return sum(path.stat().st_size for path in files(folder).values())


# The bits of a sample that Pillow makes wider without making the transparent level wider.
NARROW = {"1": 1, "L;2": 2, "L;4": 4}
ALPHA = {"L": "LA", "RGB": "RGBA"}


def stored_as(picture):
    """Pillow's name of the samples of a PNG as they are in the file, which it forgets when it loads them."""
    return picture.tile[0][3] if picture.format == "PNG" and picture.tile else picture.mode


def channels(picture):
    """L, LA, RGB or RGBA: what labday resizes this picture as. It must not be loaded yet."""
    if stored_as(picture) == "LA;16B":
        return "LA"  # Pillow opens it as RGBA
    if picture.mode.startswith("I"):
        mode = "L"  # 16-bit grey
    else:
        mode = {"1": "L", "P": "RGB", "CMYK": "RGB"}.get(picture.mode, picture.mode)
    return ALPHA.get(mode, mode) if "transparency" in picture.info else mode


def expanded(picture):
    """A picture that Pillow opened and has not loaded yet, in the channels and with the pixels that labday resizes.

    One case is out of reach: of 16-bit colours with a transparent one Pillow keeps too few bits to find that one.
    """
    wanted, stored, key = channels(picture), stored_as(picture), picture.info.get("transparency")
    if picture.mode.startswith("I"):
        # The high byte. Pillow's own conversion takes all that is above 255 for white.
        grey = picture.point(lambda value: value * (1 / 256)).convert("L")
        if key is not None:
            alpha = bytes(255 * (value != key) for value in picture.getdata())
            grey.putalpha(Image.frombytes("L", picture.size, alpha))
        return grey
    if stored in NARROW and key is not None:
        picture, most = picture.convert("L"), (1 << NARROW[stored]) - 1
        picture.info["transparency"] = (key & most) * 255 // most
    return picture.convert(wanted)


def describe(source):
    """Size and channels of a source, as it is when expanded; only its head is read."""
    with Image.open(source) as image:
        return image.size, channels(image)


def first_difference(theirs, ours):
    """Compares two folders exactly: names, channels, sizes, pixels. None where all is the same, or what is not."""
    theirs, ours = files(theirs), files(ours)
    if theirs.keys() != ours.keys():
        return f"other files: {sorted(map(str, theirs.keys() ^ ours.keys()))}"
    for name, path in theirs.items():
        with Image.open(path) as a, Image.open(ours[name]) as b:
            if a.mode != b.mode or a.size != b.size or a.tobytes() != b.tobytes():
                return f"other pixels in {name}"
    return None


def mean_difference(reference, folder, plan):
    """How far the pixels of `folder` are from those of `reference`: the mean of the absolute differences over all
    channels and files, in levels of 255. ValueError where a rendition of the plan is missing or has another size."""
    total = values = 0
    for rendition in (rendition for entry in plan for rendition in entry["renditions"]):
        try:
            with Image.open(Path(reference, rendition["name"])) as a, Image.open(Path(folder, rendition["name"])) as b:
                if b.size != (rendition["width"], rendition["height"]):
                    raise ValueError(f"{rendition['name']} is {b.size[0]}×{b.size[1]}")
                stat = ImageStat.Stat(ImageChops.difference(a, b.convert(a.mode)))
        except FileNotFoundError as error:
            raise ValueError(f"did not write {rendition['name']}") from error
        total += sum(stat.sum)
        values += sum(stat.count)
    return total / values
