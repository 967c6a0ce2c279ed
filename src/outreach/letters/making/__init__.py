"""Letters become files, in one process, in several or on a cluster."""
