"""The notebook's modes as Python has them, each executing the same tasks: decode a JPEG, resize it, write a PNG.

Usage: python_modes.py MODE WORKERS OUTPUT FOLDER, which holds the sources. Prints two numbers: the wall seconds from the first task handed
over to the last file written, and the seconds that tasks spent in their stages, added up.
"""

import asyncio
import concurrent.futures
import multiprocessing
import multiprocessing.connection
import os
import sys
import time

from PIL import Image

SCALE = 50


def task(source, output):
    """The stages of one task; returns the seconds that they took."""
    begin = time.perf_counter()
    with Image.open(source) as image:
        size = tuple(max(1, side * SCALE // 100) for side in image.size)
        resized = image.resize(size, Image.Resampling.BICUBIC)
    resized.save(os.path.join(output, f"{os.path.splitext(os.path.basename(source))[0]}-{SCALE}.png"))
    return time.perf_counter() - begin


def timed_task(source, output, total):
    seconds = task(source, output)
    with total.get_lock():
        total.value += seconds


def blocking(sources, output, workers):
    del workers
    return sum(task(source, output) for source in sources)


def asynchronous(sources, output, workers):
    async def run():
        loop = asyncio.get_running_loop()
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return sum(await asyncio.gather(*(loop.run_in_executor(pool, task, s, output) for s in sources)))

    return asyncio.run(run())


def threads(sources, output, workers):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(task, sources, [output] * len(sources)))


def process_each(sources, output, workers):
    """A process a task, up to `workers` alive."""
    total = multiprocessing.Value("d", 0.0)
    alive = []
    for source in sources:
        if len(alive) == workers:
            ready = multiprocessing.connection.wait([process.sentinel for process in alive])
            for process in [p for p in alive if p.sentinel in ready]:
                process.join()
                alive.remove(process)
        process = multiprocessing.Process(target=timed_task, args=(source, output, total))
        process.start()
        alive.append(process)
    for process in alive:
        process.join()
    return total.value


def pool(sources, output, workers):
    with multiprocessing.Pool(workers) as processes:
        results = [processes.apply_async(task, (source, output)) for source in sources]
        return sum(result.get() for result in results)


def joblib_parallel(sources, output, workers):
    import joblib

    return sum(joblib.Parallel(n_jobs=workers)(joblib.delayed(task)(source, output) for source in sources))


MODES = {
    "blocking": blocking,
    "async": asynchronous,
    "threads": threads,
    "multiprocessing": process_each,
    "multiprocessing-pool": pool,
    "multiprocessing-joblib": joblib_parallel,
}


def main():
    mode, workers, output, folder = sys.argv[1:]
    sources = sorted(entry.path for entry in os.scandir(folder))
    begin = time.perf_counter()
    stages = MODES[mode](sources, output, int(workers))
    print(time.perf_counter() - begin, stages)


if __name__ == "__main__":
    main()
