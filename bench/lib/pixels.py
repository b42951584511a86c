"""What was written: the files, their bytes, and whether their pixels are the same."""

from pathlib import Path

from PIL import Image, ImageChops, ImageStat


def files(folder):
    """Every PNG below `folder`, by its relative path."""
    return {path.relative_to(folder): path for path in sorted(Path(folder).rglob("*.png"))}


def total_bytes(folder):
    return sum(path.stat().st_size for path in files(folder).values())


def expanded(picture):
    """Pillow's picture as one of L, LA, RGB and RGBA: what labday resizes."""
    transparent = "transparency" in picture.info
    if picture.mode == "P":
        return picture.convert("RGBA" if transparent else "RGB")
    if picture.mode == "I":  # 16-bit grey
        return Image.frombytes("L", picture.size, bytes(value >> 8 for value in picture.getdata()))
    picture = picture.convert({"1": "L", "CMYK": "RGB"}.get(picture.mode, picture.mode))
    if transparent:
        picture = picture.convert({"L": "LA", "RGB": "RGBA"}[picture.mode])
    return picture


def describe(source):
    """Size and channels of a source, as it is when expanded; only its head is read."""
    with Image.open(source) as image:
        mode = {"1": "L", "I": "L", "P": "RGB", "CMYK": "RGB"}.get(image.mode, image.mode)
        transparent = "transparency" in image.info and image.mode != "I"
        return image.size, {"L": "LA", "RGB": "RGBA"}.get(mode, mode) if transparent else mode


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
