"""A run made into tables and pictures. Pure: reads a run folder, measures nothing."""
