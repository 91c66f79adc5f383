"""From a run folder to what follows from it: audit, verdict, comparison. Pure: no process is started or asked."""
