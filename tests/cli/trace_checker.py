"""Checks a trace against the trace-event format, as Perfetto and chrome://tracing read it: what they would drop,
misplace or guess is an error here."""

PHASES = {"X", "M", "i"}  # complete, metadata, instant: all that labday writes
METADATA = {
    "process_name": ("name", str),
    "process_sort_index": ("sort_index", int),
    "thread_name": ("name", str),
    "thread_sort_index": ("sort_index", int),
}


def problems(trace):
    """What is wrong, a line each; empty for a good trace."""
    found = []

    def expect(holds, index, what):
        if not holds:
            found.append(f"event {index}: {what}")

    def is_time(value):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0

    if not isinstance(trace, dict) or not isinstance(trace.get("traceEvents"), list):
        return ["there is no list traceEvents"]
    if trace.get("displayTimeUnit") not in (None, "ms", "ns"):
        found.append("displayTimeUnit is neither ms nor ns")
    names = {}
    spans = {}
    for index, event in enumerate(trace["traceEvents"]):
        phase = event.get("ph")
        expect(phase in PHASES, index, f"phase {phase!r}")
        expect(isinstance(event.get("name"), str) and event["name"], index, "no name")
        for key in ("pid", "tid"):
            expect(isinstance(event.get(key), int) and event[key] >= 0, index, f"{key} is no whole number")
        expect(isinstance(event.get("args", {}), dict), index, "args is no object")
        place = (event.get("pid"), event.get("tid"))
        if phase == "M":
            expect(event.get("name") in METADATA, index, f"metadata {event.get('name')!r} is not known")
            key, kind = METADATA.get(event.get("name"), ("name", str))
            value = event.get("args", {}).get(key)
            expect(isinstance(value, kind) and value != "", index, f"args.{key} is missing")
            named = place if event.get("name", "").startswith("thread") else place[0]
            slot = (event.get("name"), named)
            expect(slot not in names, index, f"{slot} is given twice")
            names[slot] = value
        if phase in ("X", "i"):
            expect(is_time(event.get("ts")), index, "ts is no time")
        if phase == "X":
            expect(is_time(event.get("dur")), index, "dur is no time")
            spans.setdefault(place, []).append(event)
        if phase == "i":
            expect(event.get("s") in ("g", "p", "t"), index, "an instant without a scope")

    for process, thread in spans:
        if ("process_name", process) not in names:
            found.append(f"process {process} has no name")
        if ("thread_name", (process, thread)) not in names:
            found.append(f"thread {thread} of process {process} has no name")
    titles = [name for (what, _), name in names.items() if what == "process_name"]
    if len(set(titles)) != len(titles):
        found.append("two processes have one name")
    if found:
        return found  # times that are none cannot be compared
    for place, events in spans.items():
        found += [f"{place}: {problem}" for problem in nesting_problems(events)]
    return found


def nesting_problems(events):
    """Within a thread an event lies inside another one or beside it: what overlaps is drawn on top of each other."""
    found = []
    around = []  # the ends of the events that the next one may lie in
    for event in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        begin, end = event["ts"], event["ts"] + event["dur"]
        while around and around[-1][0] <= begin:
            around.pop()
        if around and around[-1][0] < end:
            found.append(f"{event['name']} at {begin} reaches beyond {around[-1][1]}, which it begins in")
        around.append((end, event["name"]))
    return found
