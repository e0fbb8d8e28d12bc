"""Work that is done at the same time."""

import threading


def at_once(*works):
    """Runs these in threads and returns what they return, in order; the first failure is raised."""
    results, failures = [None] * len(works), []

    def run(index):
        try:
            results[index] = works[index]()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
