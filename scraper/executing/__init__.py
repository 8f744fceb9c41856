"""Where the pages of a run are fetched and read: in threads, in other processes, or on the workers of a Dask cluster.

    batches    what an executor is given, one host's pages each, and what it gives back
    threads    hosts side by side in threads of this process
    processes  hosts side by side in processes of this machine, which read while this one stores
    worker     such a process: what it does, and what it says (`messages`)
    hands      as many threads as keep a process busy
    part       a stretch of a batch as a worker does it: fetched, and read as a document
    hosts      a batch as the run knows it: what is left, how far it has come, what was lost
    crew       the workers of a cluster: who is there, who has gone, and who has room
    cluster    parts sent to the workers, as fast as what comes back is stored

Every executor comes to the same answers; none of them writes.
"""
