"""Tables of figures, as Markdown with aligned columns, so that they can be read as they are."""


def markdown(header, rows, left):
    """`rows` of texts; the columns whose number is in `left` are set flush left, the others flush right."""
    widths = [max(3, *(len(row[column]) for row in [header, *rows])) for column in range(len(header))]

    def line(cells):
        texts = (
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths))
        )
        return "| " + " | ".join(texts) + " |"

    rule = ("-" * width if column in left else "-" * (width - 1) + ":" for column, width in enumerate(widths))
    return "\n".join([line(header), "| " + " | ".join(rule) + " |", *map(line, rows)]) + "\n"


def spread(values):
    return f"{min(values):.2f}–{max(values):.2f}"
